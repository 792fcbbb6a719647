internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens
internal import LivechatValues

/// One change that could let a user into a room, laid over the facts of a snapshot (contract C13).
enum Cure: Hashable, Sendable {
    case activate
    case issueToken
    case assign(LivechatRoleID)
    case withdraw(LivechatRoleID)
    case serve
    case addAgent(LivechatDepartmentID)
    case open
    case enable(LivechatDepartmentID)
    case previewQueue
    case grant(LivechatPermissionID, LivechatRoleID)

    /// The token that `issueToken` stands for; nobody has the raw one.
    static let issuedToken = LivechatToken("").digest
}

extension Cure {
    /// What could help a user with a room, in the order of the contract: what is about this user or who serves the room,
    /// the agents of the department, the room, the department, the setting, a permission.
    static func candidates(for person: Situation.Person, in situation: Situation) -> [Cure] {
        guard let place = situation.place else { return [] }
        let table = situation.grants.table
        let wanted: [LivechatPermissionID] = [.viewLivechatRoom, .viewLivechatRooms]
        let inquiry = place.inquiry.flatMap { $0.status == QueueFact.Inquiry.queued ? $0 : nil }

        var helpful = Set(wanted.flatMap { table.roles[$0] ?? [] })
        if inquiry != nil { helpful.insert(AccessRule.manager) }
        helpful.formIntersection(situation.grants.roles)
        // A role that is granted least comes first.
        func grants(_ role: LivechatRoleID) -> Int { table.roles.values.count { $0.contains(role) } }
        let assigned = helpful.subtracting(person.roles).sorted { (grants($0), $0) < (grants($1), $1) }
        let held = person.roles.union(person.memberRoles ?? [])

        var cures: [Cure] = []
        if !person.isActive { cures.append(.activate) }
        cures.append(.issueToken)
        // One room, where a role opens many; but last where it would take the room from another agent.
        if place.servedBy == nil { cures.append(.serve) }
        cures += assigned.map(Cure.assign)
        cures += person.roles.filter { table.restrictions[$0] != nil }.sorted().map(Cure.withdraw)
        if let agent = place.servedBy, agent != person.id { cures.append(.serve) }
        if let department = inquiry?.department, !person.departments.contains(department.id) {
            cures.append(.addAgent(department.id))
        }
        if !place.isOpen { cures.append(.open) }
        if let department = inquiry?.department, !department.isEnabled { cures.append(.enable(department.id)) }
        if inquiry != nil, !situation.previewsQueue { cures.append(.previewQueue) }
        for permission in wanted where situation.grants.permissions.contains(permission) {
            let roles = held.subtracting(table.roles[permission] ?? []).intersection(situation.grants.roles)
            cures += roles.sorted().map { .grant(permission, $0) }
        }
        return cures
    }

    /// Whether nobody else's access can change with it.
    var isOnlyAboutUser: Bool {
        switch self {
        case .activate, .issueToken, .assign, .withdraw, .serve, .addAgent: true
        case .open, .enable, .previewQueue, .grant: false
        }
    }

    /// Lays the change over the facts.
    ///
    /// - Parameters:
    ///   - situation: The facts, which are changed.
    ///   - user: The user whom the change is made for, who need not be the one of the facts.
    ///   - now: The time of the token, where the change issues one.
    func apply(to situation: inout Situation, for user: LivechatUserID, at now: LivechatTimestamp) {
        let isUser = situation.person?.id == user
        switch self {
        case .activate: if isUser { situation.person?.isActive = true }
        case .issueToken: if isUser { situation.person?.tokens[Self.issuedToken] = LivechatTokenRecord(createdAt: now) }
        case .assign(let role): if isUser { situation.person?.roles.insert(role) }
        case .withdraw(let role): if isUser { situation.person?.roles.remove(role) }
        case .serve: situation.place?.servedBy = user
        case .addAgent(let department): if isUser { situation.person?.departments.insert(department) }
        case .open: situation.place?.isOpen = true
        case .enable(let department):
            if situation.place?.department?.id == department { situation.place?.department?.isEnabled = true }
            if situation.place?.inquiry?.department?.id == department {
                situation.place?.inquiry?.department?.isEnabled = true
            }
        case .previewQueue: situation.previewsQueue = true
        case .grant(let permission, let role):
            situation.grants.table = situation.grants.table.granting(permission, to: role)
        }
    }

    /// The command that makes the change: the arguments without the program and the database.
    func command(user: LivechatUserID, room: LivechatRoomID) -> [String] {
        switch self {
        case .activate: Self.words(["user", "set"], [user.string], ["--active"])
        case .issueToken: Self.words(["token", "issue"], [user.string])
        case .assign(let role): Self.words(["user", "assign"], [user.string, role.string])
        case .withdraw(let role): Self.words(["user", "withdraw"], [user.string, role.string])
        case .serve: Self.words(["room", "serve"], [room.string], ["--by", user.string])
        case .addAgent(let department): Self.words(["department", "add-agent"], [department.string, user.string])
        case .open: Self.words(["room", "open"], [room.string])
        case .enable(let department): Self.words(["department", "enable"], [department.string])
        case .previewQueue: ["setting", "preview-room", "on"]
        case .grant(let permission, let role): Self.words(["permission", "grant"], [permission.string, role.string])
        }
    }

    /// A command with its ids.
    ///
    /// Where an id begins with a dash, all ids follow `--` behind the options, or it would be read as an option.
    private static func words(_ command: [String], _ ids: [String], _ options: [String] = []) -> [String] {
        ids.contains { $0.utf8.first == UInt8(ascii: "-") } ? command + options + ["--"] + ids : command + ids + options
    }

    /// The change in words, as an advice.
    func text(user: LivechatUserID, room: LivechatRoomID, servedBy agent: LivechatUserID?) -> String {
        switch self {
        case .activate: "let \(user) log in again"
        case .issueToken: "issue \(user) a token"
        case .assign(let role): "give \(user) the role \(role), in every room"
        case .withdraw(let role): "take the role \(role) from \(user), which restricts \(user)"
        case .serve:
            "make \(user) the agent who serves \(room)" + (agent.map { ", in place of \($0)" } ?? "")
        case .addAgent(let department): "make \(user) an agent of \(department)"
        case .open: "open \(room) again"
        case .enable(let department): "enable the department \(department)"
        case .previewQueue: "let agents look into queued rooms"
        case .grant(let permission, let role): "grant \(permission) to everybody with the role \(role)"
        }
    }
}
