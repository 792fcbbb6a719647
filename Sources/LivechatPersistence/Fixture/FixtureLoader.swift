internal import LivechatJoin
internal import LivechatSQLite

/// Puts a fixture into the database, inside the transaction of the caller (contract C12).
///
/// It holds to the foreign keys by itself: every key that it writes it has looked up or made, it removes no user, room,
/// role, permission or department, and with a membership it removes its roles.
///
/// Every entity is made or updated and, as long as all that was referred to stood before or was in the database already,
/// connected with others at once. From the first reference on that leads ahead, references are left, and all of them are
/// followed when the document is read for the second time; so its order does not matter.
final class FixtureLoader {
    let statements: FixtureStatements
    let now: Timestamp
    private var isSecondReading = false
    private var leadsAhead = false
    private var roles = SeenKeys(highest: .max)
    private var permissions = SeenKeys(highest: .max)
    private var departments = SeenKeys(highest: .max)
    private var users: SeenKeys
    private var rooms: SeenKeys
    private var roleKeys = KeyMemory<Role>()
    private var departmentKeys = KeyMemory<Department>()

    init(_ connection: borrowing Connection, now: Timestamp) throws {
        statements = try FixtureStatements(connection)
        self.now = now
        users = SeenKeys(highest: try connection.integer("SELECT key FROM user ORDER BY key DESC LIMIT 1"))
        rooms = SeenKeys(highest: try connection.integer("SELECT key FROM room ORDER BY key DESC LIMIT 1"))
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
            let key = try statements.enter(role)
            try once(Entered(key: key, isNew: false), &roles, role.id, place)
            try unlessAhead { try connect(role, key, place) }
        case .permission(let permission):
            let key = try statements.enter(permission.id)
            try once(Entered(key: key, isNew: false), &permissions, permission.id, place)
            for role in permission.roles ?? [] { try statements.enterIfMissing(role) }
            try unlessAhead { try connect(permission, key, place) }
        case .user(let user):
            let entered = try statements.enter(user)
            try once(entered, &users, user.id, place)
            if let tokens = user.tokens { try replaceTokens(of: entered, with: tokens) }
            try unlessAhead { try connect(user, entered, place) }
        case .department(let department):
            let key = try statements.enter(department)
            try once(Entered(key: key, isNew: false), &departments, department.id, place)
            try unlessAhead { try connect(department, key, place) }
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
        _ id: Identifier<Entity>,
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

    /// Follows references in the first reading, as long as none leads ahead.
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
        case .role(let role): try connect(role, key(role.id, place.key("id")), place)
        case .permission(let permission): try connect(permission, key(permission.id, place.key("id")), place)
        case .user(let user):
            try connect(user, Entered(key: key(user.id, place.key("id")), isNew: false), place)
        case .department(let department): try connect(department, key(department.id, place.key("id")), place)
        case .room(let room):
            let entered = Entered(key: try key(room.id, place.key("id")), isNew: false)
            try statements.connect(room: entered.key, links(of: room, place))
            try connectInquiryAndMembers(of: room, entered, place)
        }
    }

    private func connect(_ role: FixtureRole, _ key: Int64, _ place: FixturePlace) throws {
        guard case let restriction = role.restrictedTo, restriction != .leftOut else { return }
        try statements.clearRestriction(of: key)
        for (index, permission) in (restriction.value ?? []).enumerated() {
            try statements.restrict(key, to: self.key(permission, place.key("restrictedTo").index(index)))
        }
    }

    private func connect(_ permission: FixturePermission, _ key: Int64, _ place: FixturePlace) throws {
        guard let roles = permission.roles else { return }
        try statements.clearGrants(of: key)
        for (index, role) in roles.enumerated() {
            try statements.grant(key, to: self.key(role, place.key("roles").index(index)))
        }
    }

    private func connect(_ user: FixtureUser, _ entered: Entered, _ place: FixturePlace) throws {
        guard let roles = user.roles else { return }
        if !entered.isNew { try statements.clearRoles(of: entered.key) }
        for (index, role) in roles.enumerated() {
            try statements.assign(key(role, place.key("roles").index(index)), to: entered.key)
        }
    }

    private func connect(_ department: FixtureDepartment, _ key: Int64, _ place: FixturePlace) throws {
        guard let agents = department.agents else { return }
        try statements.clearAgents(of: key)
        for (index, agent) in agents.enumerated() {
            try statements.addAgent(self.key(agent, place.key("agents").index(index)), to: key)
        }
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
            if !room.isNew { try statements.clearRoles(of: user, in: room.key) }
            for (position, role) in roles.enumerated() {
                let role = try key(role, place.key("members").index(index).key("roles").index(position))
                try statements.assign(role, to: user, in: room.key)
            }
        }
        if room.isNew { return }
        for user in try statements.members(of: room.key) where !kept.contains(user) {
            try statements.clearRoles(of: user, in: room.key)
            try statements.removeMember(user, of: room.key)
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

    private func key(_ id: UserID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofUser: id.string) ?? missing("user", id, place())
    }

    private func key(_ id: RoleID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try roleKeys.key(of: id) { try statements.key(ofRole: $0) } ?? missing("role", id, place())
    }

    private func key(_ id: PermissionID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofPermission: id.string) ?? missing("permission", id, place())
    }

    private func key(_ id: DepartmentID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try departmentKeys.key(of: id) { try statements.key(ofDepartment: $0) } ?? missing("department", id, place())
    }

    private func key(_ id: RoomID, _ place: @autoclosure () -> FixturePlace) throws -> Int64 {
        try statements.key(ofRoom: id.string) ?? missing("room", id, place())
    }

    private func missing(
        _ kind: String,
        _ id: Identifier<some Any>,
        _ place: @autoclosure () -> FixturePlace
    ) throws -> Int64 {
        guard isSecondReading else { throw ReferenceAhead() }
        throw FixtureError(place(), "no \(kind) \(FixtureError.quoted(id.string))")
    }
}
