internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// Puts a fixture into the database, inside the transaction of the caller (contract C12).
///
/// It removes no user, room, role, permission or department, and writes no row that stays as it is (contract C17).
///
/// Every entity is made or updated and, as long as all that was referred to stood before or was in the database
/// already, connected with others at once. From the first reference on to something that follows later, references are
/// left, and all of them are followed when the document is read for the second time; so its order does not matter.
final class FixtureLoader {
    let statements: FixtureStatements
    let now: LivechatTimestamp
    private var isSecondReading = false
    private var leadsAhead = false
    private var roles: SeenKeys
    private var permissions: SeenKeys
    private var departments: SeenKeys
    private var users: SeenKeys
    private var rooms: SeenKeys
    private var roleKeys = KeyMemory<LivechatRole>()
    private var departmentKeys = KeyMemory<LivechatDepartment>()

    init(_ connection: borrowing Connection, now: LivechatTimestamp) throws {
        statements = try FixtureStatements(connection)
        self.now = now
        roles = SeenKeys(highest: try connection.integer("SELECT max(key) FROM livechat_role"))
        permissions = SeenKeys(highest: try connection.integer("SELECT max(key) FROM livechat_permission"))
        departments = SeenKeys(highest: try connection.integer("SELECT max(key) FROM livechat_department"))
        users = SeenKeys(highest: try connection.integer("SELECT max(key) FROM livechat_user"))
        rooms = SeenKeys(highest: try connection.integer("SELECT max(key) FROM livechat_room"))
    }

    /// Loads a document.
    ///
    /// - Throws: `FixtureError` for the first mistake, or SQLite's error; the caller's transaction must not be kept.
    func load(_ reader: FixtureReader) throws {
        try reader.read { element, place in try enter(element, place) }
        guard leadsAhead else { return }
        isSecondReading = true
        try reader.read { element, place in try connect(element, place) }
    }

    // MARK: Entities

    private func enter(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings(let settings): try statements.update(settings)
        case .role(let role):
            let entered = try statements.enter(role)
            try once(entered, &roles, role.id, place)
            try unlessAhead { try connect(role, entered, place) }
        case .permission(let permission):
            let entered = try statements.enter(permission.id)
            try once(entered, &permissions, permission.id, place)
            try unlessAhead { try connect(permission, entered, place) }
        case .user(let user):
            let entered = try statements.enter(user)
            try once(entered, &users, user.id, place)
            if let tokens = user.tokens { try replaceTokens(of: entered, with: tokens) }
            try unlessAhead { try connect(user, entered, place) }
        case .department(let department):
            let entered = try statements.enter(department)
            try once(entered, &departments, department.id, place)
            try unlessAhead { try connect(department, entered, place) }
        case .room(let room):
            var links = RoomLinks()
            try unlessAhead { links = try self.links(of: room, place) }
            let entered = try statements.enter(room, links)
            try once(entered, &rooms, room.id, place)
            try unlessAhead { try connectInquiryAndMembers(of: room, entered, place) }
        }
    }

    private func once<Entity>(
        _ entered: Entered,
        _ seen: inout SeenKeys,
        _ id: LivechatID<Entity>,
        _ place: FixturePlace
    ) throws {
        guard seen.insert(entered) else {
            throw FixtureError(place.key("id"), "duplicate id \(FixtureError.quoted(id.string))")
        }
    }

    /// Tokens that stay keep what their element leaves out; the others go.
    private func replaceTokens(of user: Entered, with tokens: [FixtureToken]) throws {
        if !user.isNew {
            let kept = Set(tokens.map(\.digest))
            for digest in try statements.tokens(of: user.key) where !kept.contains(digest) {
                try statements.removeToken(digest, of: user.key)
            }
        }
        for token in tokens { try statements.enter(token, of: user.key, now: now) }
    }

    // MARK: References

    private struct ReferenceAhead: Error {}

    /// Follows references in the first reading, as long as none is to something that follows later.
    private func unlessAhead(_ connect: () throws -> Void) throws {
        guard !leadsAhead else { return }
        do {
            try connect()
        } catch is ReferenceAhead {
            leadsAhead = true
        }
    }

    private func connect(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings: return
        case .role(let role): try connect(role, known(key(role.id, place.key("id"))), place)
        case .permission(let permission):
            try connect(permission, known(key(permission.id, place.key("id"))), place)
        case .user(let user): try connect(user, known(key(user.id, place.key("id"))), place)
        case .department(let department):
            try connect(department, known(key(department.id, place.key("id"))), place)
        case .room(let room):
            let entered = try known(key(room.id, place.key("id")))
            try statements.connect(room: entered.key, links(of: room, place))
            try connectInquiryAndMembers(of: room, entered, place)
        }
    }

    private func known(_ key: Int64) -> Entered { Entered(key: key, isNew: false) }

    private func connect(_ role: FixtureRole, _ entered: Entered, _ place: FixturePlace) throws {
        guard case let restriction = role.restrictedTo, restriction != .leftOut else { return }
        let keys = try keys(restriction.value ?? [], place.key("restrictedTo")) { try key($0, $1) }
        try statements.restriction.replace(entered.key, isNew: entered.isNew, with: keys)
    }

    private func connect(_ permission: FixturePermission, _ entered: Entered, _ place: FixturePlace) throws {
        guard let roles = permission.roles else { return }
        let keys = try keys(roles, place.key("roles")) { try key($0, $1) }
        try statements.grants.replace(entered.key, isNew: entered.isNew, with: keys)
    }

    private func connect(_ user: FixtureUser, _ entered: Entered, _ place: FixturePlace) throws {
        guard let roles = user.roles else { return }
        let keys = try keys(roles, place.key("roles")) { try key($0, $1) }
        try statements.rolesOfUser.replace(entered.key, isNew: entered.isNew, with: keys)
    }

    private func connect(_ department: FixtureDepartment, _ entered: Entered, _ place: FixturePlace) throws {
        guard let agents = department.agents else { return }
        let keys = try keys(agents, place.key("agents")) { try key($0, $1) }
        try statements.agents.replace(entered.key, isNew: entered.isNew, with: keys)
    }

    /// The keys of what a list refers to.
    private func keys<Entity>(
        _ ids: [LivechatID<Entity>],
        _ place: FixturePlace,
        _ key: (LivechatID<Entity>, FixturePlace) throws -> Int64
    ) throws -> [Int64] {
        var keys: [Int64] = []
        for (index, id) in ids.enumerated() { keys.append(try key(id, place.index(index))) }
        return keys
    }

    private func links(of room: FixtureRoom, _ place: FixturePlace) throws -> RoomLinks {
        RoomLinks(
            servedBy: try follow(room.servedBy) { try key($0, place.key("servedBy")) },
            department: try follow(room.departmentID) { try key($0, place.key("departmentId")) }
        )
    }

    private func connectInquiryAndMembers(
        of room: FixtureRoom,
        _ entered: Entered,
        _ place: FixturePlace
    ) throws {
        switch room.inquiry {
        case .leftOut: break
        case .null: if !entered.isNew { try statements.removeInquiry(of: entered.key) }
        case .value(let inquiry):
            let place = place.key("inquiry")
            try statements.enterInquiry(
                of: entered.key,
                status: inquiry.status,
                department: follow(inquiry.departmentID) { try key($0, place.key("departmentId")) },
                defaultAgent: follow(inquiry.defaultAgent) { try key($0, place.key("defaultAgent")) }
            )
        }
        if let members = room.members { try replaceMembers(of: entered, with: members, place) }
    }

    /// Members who stay keep what their element leaves out, and what they have not read; the others go.
    private func replaceMembers(of room: Entered, with members: [FixtureMember], _ place: FixturePlace) throws {
        var kept: Set<Int64> = []
        for (index, member) in members.enumerated() {
            let user = try key(member.userID, place.key("members").index(index).key("userId"))
            if !room.isNew { kept.insert(user) }
            try statements.enterMember(user, of: room.key, joinedAt: member.joinedAt, now: now)
            guard let roles = member.roles else { continue }
            let keys = try keys(roles, place.key("members").index(index).key("roles")) { try key($0, $1) }
            try statements.rolesOfMember.replace(room.key, user, isNew: room.isNew, with: keys)
        }
        if room.isNew { return }
        for user in try statements.members(of: room.key) where !kept.contains(user) {
            try statements.removeMember(user, of: room.key)
        }
    }

    private func follow<Entity>(
        _ reference: Given<LivechatID<Entity>>,
        _ key: (LivechatID<Entity>) throws -> Int64
    ) throws -> Given<Int64> {
        switch reference {
        case .leftOut: .leftOut
        case .null: .null
        case .value(let id): .value(try key(id))
        }
    }

    // MARK: Keys

    private func key(_ id: LivechatUserID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofUser: id.string) ?? missing("user", id, place())
    }

    private func key(_ id: LivechatRoleID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try roleKeys.key(of: id) { try statements.key(ofRole: $0) } ?? missing("role", id, place())
    }

    private func key(_ id: LivechatPermissionID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofPermission: id.string) ?? missing("permission", id, place())
    }

    private func key(_ id: LivechatDepartmentID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try departmentKeys.key(of: id) { try statements.key(ofDepartment: $0) } ?? missing("department", id, place())
    }

    private func key(_ id: LivechatRoomID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofRoom: id.string) ?? missing("room", id, place())
    }

    private func missing(
        _ kind: String,
        _ id: LivechatID<some Any>,
        _ place: @autoclosure () -> FixturePlace
    ) throws -> Int64 {
        guard isSecondReading else { throw ReferenceAhead() }
        throw FixtureError(place(), "no \(kind) \(FixtureError.quoted(id.string))")
    }
}
