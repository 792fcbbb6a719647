internal import LivechatJoin
internal import LivechatSQLite

/// Puts a fixture into the database, inside the transaction of the caller (contract C12).
///
/// The document is read twice: first every entity is made or updated, then every reference between them is followed,
/// so that the order of the document does not matter.
final class FixtureLoader {
    let statements: FixtureStatements
    let now: Timestamp
    private var roles: Set<Int64> = []
    private var permissions: Set<Int64> = []
    private var users: Set<Int64> = []
    private var departments: Set<Int64> = []
    private var rooms: Set<Int64> = []

    init(_ connection: borrowing Connection, now: Timestamp) throws {
        statements = try FixtureStatements(connection)
        self.now = now
    }

    /// Loads a document.
    ///
    /// - Throws: `FixtureError` for the first mistake, or SQLite's error; the caller's transaction must not be kept.
    func load(_ reader: FixtureReader) throws {
        try reader.read { element, place in try enter(element, place) }
        try reader.read { element, place in try connect(element, place) }
    }

    // MARK: Entities

    private func enter(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings(let settings): try statements.update(settings)
        case .role(let role):
            try once(statements.enter(role), &roles, role.id, place)
        case .permission(let permission):
            try once(statements.enter(permission.id), &permissions, permission.id, place)
            for role in permission.roles ?? [] { try statements.enterIfMissing(role) }
        case .user(let user):
            let key = try statements.enter(user)
            try once(key, &users, user.id, place)
            if let tokens = user.tokens { try replaceTokens(of: key, with: tokens, place.key("tokens")) }
        case .department(let department):
            try once(statements.enter(department), &departments, department.id, place)
        case .room(let room):
            try once(statements.enter(room), &rooms, room.id, place)
        }
    }

    private func once<Entity>(
        _ key: Int64,
        _ seen: inout Set<Int64>,
        _ id: Identifier<Entity>,
        _ place: FixturePlace
    ) throws {
        guard seen.insert(key).inserted else {
            throw FixtureError(place.key("id"), "duplicate id \(FixtureError.quoted(id.string))")
        }
    }

    /// Tokens that stay keep what their element leaves out; the others go.
    private func replaceTokens(of user: Int64, with tokens: [FixtureToken], _ place: FixturePlace) throws {
        let kept = Set(tokens.map(\.digest))
        for digest in try statements.tokens(of: user) where !kept.contains(digest) {
            try statements.removeToken(digest, of: user)
        }
        for token in tokens { try statements.enter(token, of: user, now: now) }
    }

    // MARK: References

    private func connect(_ element: FixtureElement, _ place: FixturePlace) throws {
        switch element {
        case .settings: return
        case .role(let role): try connect(role, place)
        case .permission(let permission): try connect(permission, place)
        case .user(let user): try connect(user, place)
        case .department(let department): try connect(department, place)
        case .room(let room): try connect(room, place)
        }
    }

    private func connect(_ role: FixtureRole, _ place: FixturePlace) throws {
        guard case let restriction = role.restrictedTo, restriction != .leftOut else { return }
        let key = try self.key(role.id, place.key("id"))
        try statements.clearRestriction(of: key)
        for (index, permission) in (restriction.value ?? []).enumerated() {
            try statements.restrict(key, to: self.key(permission, place.key("restrictedTo").index(index)))
        }
    }

    private func connect(_ permission: FixturePermission, _ place: FixturePlace) throws {
        guard let roles = permission.roles else { return }
        let key = try self.key(permission.id, place.key("id"))
        try statements.clearGrants(of: key)
        for (index, role) in roles.enumerated() {
            try statements.grant(key, to: self.key(role, place.key("roles").index(index)))
        }
    }

    private func connect(_ user: FixtureUser, _ place: FixturePlace) throws {
        guard let roles = user.roles else { return }
        let key = try self.key(user.id, place.key("id"))
        try statements.clearRoles(of: key)
        for (index, role) in roles.enumerated() {
            try statements.assign(self.key(role, place.key("roles").index(index)), to: key)
        }
    }

    private func connect(_ department: FixtureDepartment, _ place: FixturePlace) throws {
        guard let agents = department.agents else { return }
        let key = try self.key(department.id, place.key("id"))
        try statements.clearAgents(of: key)
        for (index, agent) in agents.enumerated() {
            try statements.addAgent(self.key(agent, place.key("agents").index(index)), to: key)
        }
    }

    private func connect(_ room: FixtureRoom, _ place: FixturePlace) throws {
        let key = try self.key(room.id, place.key("id"))
        try statements.connect(
            room: key,
            servedBy: follow(room.servedBy) { try self.key($0, place.key("servedBy")) },
            department: follow(room.departmentID) { try self.key($0, place.key("departmentId")) }
        )
        switch room.inquiry {
        case .leftOut: break
        case .null: try statements.removeInquiry(of: key)
        case .value(let inquiry):
            let place = place.key("inquiry")
            try statements.enterInquiry(
                of: key,
                status: inquiry.status,
                department: follow(inquiry.departmentID) { try self.key($0, place.key("departmentId")) },
                defaultAgent: follow(inquiry.defaultAgent) { try self.key($0, place.key("defaultAgent")) }
            )
        }
        if let members = room.members { try replaceMembers(of: key, with: members, place.key("members")) }
    }

    /// Members who stay keep what their element leaves out, and what they have not read; the others go.
    private func replaceMembers(of room: Int64, with members: [FixtureMember], _ place: FixturePlace) throws {
        var kept: Set<Int64> = []
        for (index, member) in members.enumerated() {
            let place = place.index(index)
            let user = try key(member.userID, place.key("userId"))
            kept.insert(user)
            try statements.enterMember(user, of: room, joinedAt: member.joinedAt, now: now)
            guard let roles = member.roles else { continue }
            try statements.clearRoles(of: user, in: room)
            for (index, role) in roles.enumerated() {
                try statements.assign(key(role, place.key("roles").index(index)), to: user, in: room)
            }
        }
        for user in try statements.members(of: room) where !kept.contains(user) {
            try statements.removeMember(user, of: room)
        }
    }

    private func follow<Entity>(
        _ reference: Given<Identifier<Entity>>,
        _ key: (Identifier<Entity>) throws -> Int64
    ) throws -> Given<Int64> {
        switch reference {
        case .leftOut: .leftOut
        case .null: .null
        case .value(let id): .value(try key(id))
        }
    }

    // MARK: Keys

    private func key(_ id: UserID, _ place: FixturePlace) throws -> Int64 {
        try statements.key(ofUser: id.string) ?? missing("user", id, place)
    }

    private func key(_ id: RoleID, _ place: FixturePlace) throws -> Int64 {
        try statements.key(ofRole: id.string) ?? missing("role", id, place)
    }

    private func key(_ id: PermissionID, _ place: FixturePlace) throws -> Int64 {
        try statements.key(ofPermission: id.string) ?? missing("permission", id, place)
    }

    private func key(_ id: DepartmentID, _ place: FixturePlace) throws -> Int64 {
        try statements.key(ofDepartment: id.string) ?? missing("department", id, place)
    }

    private func key(_ id: RoomID, _ place: FixturePlace) throws -> Int64 {
        try statements.key(ofRoom: id.string) ?? missing("room", id, place)
    }

    private func missing(
        _ kind: String,
        _ id: Identifier<some Any>,
        _ place: FixturePlace
    ) throws(FixtureError) -> Int64 {
        throw FixtureError(place, "no \(kind) \(FixtureError.quoted(id.string))")
    }
}
