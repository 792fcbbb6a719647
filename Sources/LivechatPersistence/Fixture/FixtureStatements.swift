internal import LivechatJoin
internal import LivechatSQLite

/// The writes of a fixture, each a statement that is prepared once per load.
///
/// In the statements a pair such as `?2, ?3` is whether a key was given and what for; a single one is NULL when the
/// key was left out.
final class FixtureStatements {
    private let roleKey: Statement
    private let permissionKey: Statement
    private let userKey: Statement
    private let departmentKey: Statement
    private let roomKey: Statement
    private let setSettings: Statement
    private let enterRole: Statement
    private let enterMissingRole: Statement
    private let enterPermission: Statement
    private let enterUser: Statement
    private let enterDepartment: Statement
    private let enterRoom: Statement
    private let tokensOfUser: Statement
    private let removeTokenOfUser: Statement
    private let enterToken: Statement
    private let clearRestrictionOfRole: Statement
    private let restrictRole: Statement
    private let clearGrantsOfPermission: Statement
    private let grantPermission: Statement
    private let clearRolesOfUser: Statement
    private let assignRole: Statement
    private let clearAgentsOfDepartment: Statement
    private let addAgentToDepartment: Statement
    private let connectRoom: Statement
    private let removeInquiryOfRoom: Statement
    private let enterInquiryOfRoom: Statement
    private let enterMemberOfRoom: Statement
    private let membersOfRoom: Statement
    private let removeMemberOfRoom: Statement
    private let clearRolesOfMember: Statement
    private let assignRoleToMember: Statement

    init(_ connection: borrowing Connection) throws {
        roleKey = try connection.prepare("SELECT key FROM role WHERE id = ?1")
        permissionKey = try connection.prepare("SELECT key FROM permission WHERE id = ?1")
        userKey = try connection.prepare("SELECT key FROM user WHERE id = ?1")
        departmentKey = try connection.prepare("SELECT key FROM department WHERE id = ?1")
        roomKey = try connection.prepare("SELECT key FROM room WHERE id = ?1")
        setSettings = try connection.prepare(
            """
            UPDATE setting SET preview_room = iif(?1, ?2, preview_room),
                login_expiration_days = iif(?3, ?4, login_expiration_days)
            """
        )
        enterRole = try connection.prepare(
            """
            INSERT INTO role (id, scope, description) VALUES (?1, coalesce(?2, 'Users'), ?4)
            ON CONFLICT (id) DO UPDATE SET scope = coalesce(?2, scope), description = iif(?3, ?4, description)
            RETURNING key
            """
        )
        enterMissingRole = try connection.prepare("INSERT INTO role (id) VALUES (?1) ON CONFLICT (id) DO NOTHING")
        enterPermission = try connection.prepare(
            "INSERT INTO permission (id) VALUES (?1) ON CONFLICT (id) DO UPDATE SET id = id RETURNING key"
        )
        enterUser = try connection.prepare(
            """
            INSERT INTO user (id, username, active) VALUES (?1, ?3, coalesce(?4, 1))
            ON CONFLICT (id) DO UPDATE SET username = iif(?2, ?3, username), active = coalesce(?4, active)
            RETURNING key
            """
        )
        enterDepartment = try connection.prepare(
            """
            INSERT INTO department (id, enabled) VALUES (?1, coalesce(?2, 1))
            ON CONFLICT (id) DO UPDATE SET enabled = coalesce(?2, enabled)
            RETURNING key
            """
        )
        enterRoom = try connection.prepare(
            """
            INSERT INTO room (id, kind, open, visitor_token) VALUES (?1, coalesce(?2, 'l'), coalesce(?3, 1), ?5)
            ON CONFLICT (id) DO UPDATE SET kind = coalesce(?2, kind), open = coalesce(?3, open),
                visitor_token = iif(?4, ?5, visitor_token)
            RETURNING key
            """
        )
        tokensOfUser = try connection.prepare("SELECT digest FROM login_token WHERE user = ?1")
        removeTokenOfUser = try connection.prepare("DELETE FROM login_token WHERE user = ?1 AND digest = ?2")
        enterToken = try connection.prepare(
            """
            INSERT INTO login_token (user, digest, created_at, expires_at, personal_access)
            VALUES (?1, ?2, coalesce(?3, ?4), ?6, coalesce(?7, 0))
            ON CONFLICT (user, digest) DO UPDATE SET created_at = coalesce(?3, created_at),
                expires_at = iif(?5, ?6, expires_at), personal_access = coalesce(?7, personal_access)
            """
        )
        clearRestrictionOfRole = try connection.prepare("DELETE FROM role_restriction WHERE role = ?1")
        restrictRole = try connection.prepare("INSERT INTO role_restriction (role, permission) VALUES (?1, ?2)")
        clearGrantsOfPermission = try connection.prepare("DELETE FROM permission_grant WHERE permission = ?1")
        grantPermission = try connection.prepare("INSERT INTO permission_grant (permission, role) VALUES (?1, ?2)")
        clearRolesOfUser = try connection.prepare("DELETE FROM user_role WHERE user = ?1")
        assignRole = try connection.prepare("INSERT INTO user_role (user, role) VALUES (?1, ?2)")
        clearAgentsOfDepartment = try connection.prepare("DELETE FROM department_agent WHERE department = ?1")
        addAgentToDepartment = try connection.prepare(
            "INSERT INTO department_agent (department, user) VALUES (?1, ?2)"
        )
        connectRoom = try connection.prepare(
            "UPDATE room SET served_by = iif(?2, ?3, served_by), department = iif(?4, ?5, department) WHERE key = ?1"
        )
        removeInquiryOfRoom = try connection.prepare("DELETE FROM inquiry WHERE room = ?1")
        enterInquiryOfRoom = try connection.prepare(
            """
            INSERT INTO inquiry (room, status, department, default_agent) VALUES (?1, ?3, ?5, ?7)
            ON CONFLICT (room) DO UPDATE SET status = iif(?2, ?3, status), department = iif(?4, ?5, department),
                default_agent = iif(?6, ?7, default_agent)
            """
        )
        enterMemberOfRoom = try connection.prepare(
            """
            INSERT INTO membership (room, user, joined_at) VALUES (?1, ?2, coalesce(?3, ?4))
            ON CONFLICT (room, user) DO UPDATE SET joined_at = coalesce(?3, joined_at)
            """
        )
        membersOfRoom = try connection.prepare("SELECT user FROM membership WHERE room = ?1")
        removeMemberOfRoom = try connection.prepare("DELETE FROM membership WHERE room = ?1 AND user = ?2")
        clearRolesOfMember = try connection.prepare("DELETE FROM membership_role WHERE room = ?1 AND user = ?2")
        assignRoleToMember = try connection.prepare(
            "INSERT INTO membership_role (room, user, role) VALUES (?1, ?2, ?3)"
        )
    }

    // MARK: Keys

    func key(ofRole id: String) throws -> Int64? { try Self.key(roleKey, id) }
    func key(ofPermission id: String) throws -> Int64? { try Self.key(permissionKey, id) }
    func key(ofUser id: String) throws -> Int64? { try Self.key(userKey, id) }
    func key(ofDepartment id: String) throws -> Int64? { try Self.key(departmentKey, id) }
    func key(ofRoom id: String) throws -> Int64? { try Self.key(roomKey, id) }

    private static func key(_ statement: borrowing Statement, _ id: String) throws -> Int64? {
        try statement.bind(1, id)
        return try statement.first { row in row.integer(0) }
    }

    /// Runs a statement that returns the key of what it entered, to its end.
    private static func entered(_ statement: borrowing Statement) throws -> Int64 {
        var key: Int64 = 0
        try statement.eachRow { row in key = row.integer(0) }
        return key
    }

    // MARK: Entities

    func update(_ settings: FixtureSettings) throws {
        try setSettings.bind(1, settings.previewRoom.isGiven)
        try setSettings.bind(2, settings.previewRoom.value.map { $0 ? 1 : 0 } as Int64?)
        try setSettings.bind(3, settings.loginExpirationDays.isGiven)
        try setSettings.bind(4, settings.loginExpirationDays.value)
        try setSettings.run()
    }

    func enter(_ role: FixtureRole) throws -> Int64 {
        try enterRole.bind(1, role.id.string)
        try enterRole.bind(2, role.scope?.rawValue)
        try enterRole.bind(3, role.description.isGiven)
        try enterRole.bind(4, role.description.value)
        return try Self.entered(enterRole)
    }

    func enterIfMissing(_ role: RoleID) throws {
        try enterMissingRole.bind(1, role.string)
        try enterMissingRole.run()
    }

    func enter(_ permission: PermissionID) throws -> Int64 {
        try enterPermission.bind(1, permission.string)
        return try Self.entered(enterPermission)
    }

    func enter(_ user: FixtureUser) throws -> Int64 {
        try enterUser.bind(1, user.id.string)
        try enterUser.bind(2, user.username.isGiven)
        try enterUser.bind(3, user.username.value)
        try enterUser.bind(4, user.active.map { $0 ? 1 : 0 } as Int64?)
        return try Self.entered(enterUser)
    }

    func enter(_ department: FixtureDepartment) throws -> Int64 {
        try enterDepartment.bind(1, department.id.string)
        try enterDepartment.bind(2, department.enabled.map { $0 ? 1 : 0 } as Int64?)
        return try Self.entered(enterDepartment)
    }

    func enter(_ room: FixtureRoom) throws -> Int64 {
        try enterRoom.bind(1, room.id.string)
        try enterRoom.bind(2, room.kind)
        try enterRoom.bind(3, room.open.map { $0 ? 1 : 0 } as Int64?)
        try enterRoom.bind(4, room.visitorToken.isGiven)
        try enterRoom.bind(5, room.visitorToken.value?.value)
        return try Self.entered(enterRoom)
    }

    func tokens(of user: Int64) throws -> [TokenDigest] {
        var digests: [TokenDigest] = []
        try tokensOfUser.bind(1, user)
        try tokensOfUser.eachRow { row in
            if let digest = TokenDigest(bytes: row.blob(0)) { digests.append(digest) }
        }
        return digests
    }

    func removeToken(_ digest: TokenDigest, of user: Int64) throws {
        try removeTokenOfUser.bind(1, user)
        try removeTokenOfUser.bind(2, digest.bytes.span)
        try removeTokenOfUser.run()
    }

    func enter(_ token: FixtureToken, of user: Int64, now: Timestamp) throws {
        try enterToken.bind(1, user)
        try enterToken.bind(2, token.digest.bytes.span)
        try enterToken.bind(3, token.createdAt?.milliseconds)
        try enterToken.bind(4, now.milliseconds)
        try enterToken.bind(5, token.expiresAt.isGiven)
        try enterToken.bind(6, token.expiresAt.value?.milliseconds)
        try enterToken.bind(7, token.kind.map { $0 == .personalAccess ? 1 : 0 } as Int64?)
        try enterToken.run()
    }

    // MARK: References

    func clearRestriction(of role: Int64) throws { try Self.run(clearRestrictionOfRole, role) }
    func restrict(_ role: Int64, to permission: Int64) throws { try Self.run(restrictRole, role, permission) }
    func clearGrants(of permission: Int64) throws { try Self.run(clearGrantsOfPermission, permission) }
    func grant(_ permission: Int64, to role: Int64) throws { try Self.run(grantPermission, permission, role) }
    func clearRoles(of user: Int64) throws { try Self.run(clearRolesOfUser, user) }
    func assign(_ role: Int64, to user: Int64) throws { try Self.run(assignRole, user, role) }
    func clearAgents(of department: Int64) throws { try Self.run(clearAgentsOfDepartment, department) }
    func addAgent(_ user: Int64, to department: Int64) throws { try Self.run(addAgentToDepartment, department, user) }
    func removeInquiry(of room: Int64) throws { try Self.run(removeInquiryOfRoom, room) }
    func removeMember(_ user: Int64, of room: Int64) throws { try Self.run(removeMemberOfRoom, room, user) }
    func clearRoles(of user: Int64, in room: Int64) throws { try Self.run(clearRolesOfMember, room, user) }

    func assign(_ role: Int64, to user: Int64, in room: Int64) throws {
        try Self.run(assignRoleToMember, room, user, role)
    }

    private static func run(_ statement: borrowing Statement, _ keys: Int64...) throws {
        for (index, key) in keys.enumerated() { try statement.bind(Int32(index + 1), key) }
        try statement.run()
    }

    func connect(room: Int64, servedBy: Given<Int64>, department: Given<Int64>) throws {
        guard servedBy.isGiven || department.isGiven else { return }
        try connectRoom.bind(1, room)
        try connectRoom.bind(2, servedBy.isGiven)
        try connectRoom.bind(3, servedBy.value)
        try connectRoom.bind(4, department.isGiven)
        try connectRoom.bind(5, department.value)
        try connectRoom.run()
    }

    func enterInquiry(
        of room: Int64,
        status: Given<String>,
        department: Given<Int64>,
        defaultAgent: Given<Int64>
    ) throws {
        try enterInquiryOfRoom.bind(1, room)
        try enterInquiryOfRoom.bind(2, status.isGiven)
        try enterInquiryOfRoom.bind(3, status.value)
        try enterInquiryOfRoom.bind(4, department.isGiven)
        try enterInquiryOfRoom.bind(5, department.value)
        try enterInquiryOfRoom.bind(6, defaultAgent.isGiven)
        try enterInquiryOfRoom.bind(7, defaultAgent.value)
        try enterInquiryOfRoom.run()
    }

    func enterMember(_ user: Int64, of room: Int64, joinedAt: Timestamp?, now: Timestamp) throws {
        try enterMemberOfRoom.bind(1, room)
        try enterMemberOfRoom.bind(2, user)
        try enterMemberOfRoom.bind(3, joinedAt?.milliseconds)
        try enterMemberOfRoom.bind(4, now.milliseconds)
        try enterMemberOfRoom.run()
    }

    func members(of room: Int64) throws -> [Int64] {
        var users: [Int64] = []
        try membersOfRoom.bind(1, room)
        try membersOfRoom.eachRow { row in users.append(row.integer(0)) }
        return users
    }
}

extension Given {
    /// Whether the key is there, with a value or null.
    var isGiven: Bool { if case .leftOut = self { false } else { true } }
}
