/// The contract as a function: what a request is answered, written from the contract's text and from nothing else.
struct Decider: Sendable {
    let world: World
    var profile: ProfileUnderTest
    /// The codes of the embedder's rules that refuse.
    var refusingRules: [String] = []

    private let users: [[UInt8]: World.User]
    private let rooms: [[UInt8]: World.Room]
    private var members: [[UInt8]: Set<[UInt8]>]

    init(_ world: World, profile: ProfileUnderTest = .documented, refusingRules: [String] = []) {
        self.world = world
        self.profile = profile
        self.refusingRules = refusingRules
        users = Dictionary(uniqueKeysWithValues: world.users.map { (Array($0.id.utf8), $0) })
        rooms = Dictionary(uniqueKeysWithValues: world.rooms.map { (Array($0.id.utf8), $0) })
        members = Dictionary(
            uniqueKeysWithValues: world.rooms.map { room in
                (Array(room.id.utf8), Set(room.members.map { Array($0.user.utf8) }))
            }
        )
    }

    /// Lets the specification know of a join, so that what comes after it is decided on the state that it left.
    mutating func joined(_ user: String, _ room: String) {
        members[Array(room.utf8), default: []].insert(Array(user.utf8))
    }

    func isMember(_ user: String, of room: String) -> Bool {
        members[Array(room.utf8)]?.contains(Array(user.utf8)) ?? false
    }
}

extension Decider {
    /// C3 and C9: the first step that refuses decides.
    func decide(_ request: RawRequest) -> Answer {
        let user = authenticated(request)
        let parameter = Parameter(query: request.query)
        for step in profile.order {
            switch step {
            case .authenticate:
                if user == nil { return profile.notLoggedIn }
            // The limits are off where this is asked.
            case .limit: continue
            case .validate:
                if let fault = parameter.fault { return fault }
            case .authorize:
                if let user, !holds("view-l-room", user) { return .lacksPermission }
            case .find:
                if livechatRoom(parameter) == nil { return .noSuchRoom }
            case .open:
                if let room = livechatRoom(parameter), !room.open { return .roomClosed }
            case .rules:
                if let code = refusingRules.first { return .rule(code) }
            case .access:
                if let user, let room = livechatRoom(parameter), whyAdmitted(user, room) == nil {
                    return profile.noAccess
                }
            case .join:
                return .joined
            }
        }
        return .joined
    }

    /// C6: may this user look into this room, open or closed? Says why, or what is answered.
    func access(_ request: RawRequest) -> Access {
        guard let user = authenticated(request) else { return .refused(profile.notLoggedIn) }
        let parameter = Parameter(query: request.query)
        if let fault = parameter.fault { return .refused(fault) }
        guard holds("view-l-room", user) else { return .refused(.lacksPermission) }
        guard let room = livechatRoom(parameter) else { return .refused(.noSuchRoom) }
        guard let why = whyAdmitted(user, room) else { return .refused(profile.noAccess) }
        return .admitted(why)
    }

    enum Access: Hashable, Sendable {
        case admitted(Why)
        case refused(Answer)
    }

    enum Why: Hashable, Sendable {
        case member
        case permission
        case serving
        case defaultAgent
        case departmentAgent
        case publicQueue
        case manager
        case closedByAnotherAgent
        case closedSameDepartment
    }
}

extension Decider {
    /// C4: one good token of the user is enough.
    ///
    /// Where several tokens have the same raw text they are all stored for the user.
    func authenticated(_ request: RawRequest) -> World.User? {
        guard request.userIDs.count == 1, request.tokens.count == 1 else { return nil }
        let (userID, token) = (request.userIDs[0], request.tokens[0])
        guard !userID.allSatisfy(\.isWhitespace), !token.allSatisfy(\.isWhitespace) else { return nil }
        guard let user = users[Array(userID.utf8)], user.active else { return nil }
        for stored in user.tokens where same(stored.raw, token) && !hasExpired(stored) { return user }
        return nil
    }

    private func hasExpired(_ token: World.Token) -> Bool {
        guard let expiry = expiry(of: token) else { return false }
        return World.now >= expiry
    }

    private func expiry(of token: World.Token) -> Int64? {
        if let own = token.expiresAt { return own }
        switch token.kind {
        case .personalAccess: return nil
        case .login:
            var days = 90.0
            if let setting = world.settings.loginExpirationDays, setting > 0 { days = setting }
            return token.createdAt + Int64(days * Double(World.day))
        }
    }

    /// C5, for a check that names no room.
    func holds(_ permission: String, _ user: World.User) -> Bool {
        let granted = world.permissions[permission] ?? []
        guard user.roles.contains(where: granted.contains) else { return false }
        for role in world.roles where user.roles.contains(role.id) {
            let set = role.restrictedTo ?? []
            if !set.isEmpty && !set.contains(permission) { return false }
        }
        return true
    }

    /// C8: only rooms of kind `l` are livechat rooms.
    func livechatRoom(_ parameter: Parameter) -> World.Room? {
        guard let value = parameter.value, let room = rooms[value], room.kind == "l" else { return nil }
        return room
    }

    /// C6: the first way in that applies.
    func whyAdmitted(_ user: World.User, _ room: World.Room) -> Why? {
        if isMember(user.id, of: room.id) { return .member }
        if holds("view-livechat-rooms", user) { return .permission }
        if room.servedBy == user.id { return .serving }
        if world.settings.previewRoom == true, let inquiry = room.inquiry, inquiry.status == "queued" {
            if inquiry.defaultAgent == user.id { return .defaultAgent }
            if let id = inquiry.department {
                for department in world.departments
                where department.id == id && department.enabled && department.agents.contains(user.id) {
                    return .departmentAgent
                }
            } else {
                return .publicQueue
            }
            if user.roles.contains("livechat-manager") { return .manager }
        }
        if !room.open {
            if holds("view-livechat-room-closed-by-another-agent", user) { return .closedByAnotherAgent }
            if holds("view-livechat-room-closed-same-department", user) {
                for department in world.departments
                where department.id == room.department && department.agents.contains(user.id) {
                    return .closedSameDepartment
                }
            }
        }
        return nil
    }

    private func same(_ one: String, _ other: String) -> Bool { Array(one.utf8) == Array(other.utf8) }
}
