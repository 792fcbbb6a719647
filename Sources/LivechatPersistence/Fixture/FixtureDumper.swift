internal import LivechatJoin
internal import LivechatSQLite

/// Writes the whole state as a fixture, every list in the order of the ids' bytes (contract C12).
final class FixtureDumper {
    private let settings: Statement
    private let roles: Statement
    private let restrictions: Statement
    private let permissions: Statement
    private let grants: Statement
    private let users: Statement
    private let userRoles: Statement
    private let tokens: Statement
    private let departments: Statement
    private let agents: Statement
    private let rooms: Statement
    private let members: Statement
    private let memberRoles: Statement
    private var writer: FixtureWriter

    init(_ connection: borrowing Connection, to sink: @escaping ([UInt8]) throws -> Void) throws {
        settings = try connection.prepare("SELECT preview_room, login_expiration_days FROM setting")
        roles = try connection.prepare("SELECT key, id, scope, description FROM role ORDER BY id")
        restrictions = try connection.prepare(
            """
            SELECT permission.id
            FROM role_restriction JOIN permission ON permission.key = role_restriction.permission
            WHERE role_restriction.role = ?1 ORDER BY permission.id
            """
        )
        permissions = try connection.prepare("SELECT key, id FROM permission ORDER BY id")
        grants = try connection.prepare(
            """
            SELECT role.id FROM permission_grant JOIN role ON role.key = permission_grant.role
            WHERE permission_grant.permission = ?1 ORDER BY role.id
            """
        )
        users = try connection.prepare("SELECT key, id, username, active FROM user ORDER BY id")
        userRoles = try connection.prepare(
            "SELECT role.id FROM user_role JOIN role ON role.key = user_role.role WHERE user_role.user = ?1 ORDER BY role.id"
        )
        tokens = try connection.prepare(
            "SELECT digest, created_at, expires_at, personal_access FROM login_token WHERE user = ?1 ORDER BY digest"
        )
        departments = try connection.prepare("SELECT key, id, enabled FROM department ORDER BY id")
        agents = try connection.prepare(
            """
            SELECT user.id FROM department_agent JOIN user ON user.key = department_agent.user
            WHERE department_agent.department = ?1 ORDER BY user.id
            """
        )
        rooms = try connection.prepare(
            """
            SELECT room.key, room.id, room.kind, room.open, server.id, department.id, room.visitor_token,
                inquiry.room, inquiry.status, queue.id, agent.id
            FROM room
            LEFT JOIN user AS server ON server.key = room.served_by
            LEFT JOIN department ON department.key = room.department
            LEFT JOIN inquiry ON inquiry.room = room.key
            LEFT JOIN department AS queue ON queue.key = inquiry.department
            LEFT JOIN user AS agent ON agent.key = inquiry.default_agent
            ORDER BY room.id
            """
        )
        members = try connection.prepare(
            """
            SELECT user.key, user.id, membership.joined_at
            FROM membership JOIN user ON user.key = membership.user
            WHERE membership.room = ?1 ORDER BY user.id
            """
        )
        memberRoles = try connection.prepare(
            """
            SELECT role.id FROM membership_role JOIN role ON role.key = membership_role.role
            WHERE membership_role.room = ?1 AND membership_role.user = ?2 ORDER BY role.id
            """
        )
        writer = FixtureWriter(to: sink)
    }

    /// Writes everything; the caller holds a snapshot meanwhile.
    func dump() throws {
        try settings.eachRowThrowing { row in
            let previewRoom = row.isNull(0) ? nil : row.bool(0)
            try writer.write(
                .settings(
                    FixtureSettings(
                        previewRoom: Given(previewRoom),
                        loginExpirationDays: Given(row.doubleIfPresent(1))
                    )
                )
            )
        }
        try roles.eachRowThrowing { row in try writer.write(.role(role(row))) }
        try permissions.eachRowThrowing { row in
            let roles: [RoleID] = try Self.ids(grants, row.integer(0))
            try writer.write(.permission(FixturePermission(id: PermissionID(stored: row.text(1)), roles: roles)))
        }
        try users.eachRowThrowing { row in try writer.write(.user(user(row))) }
        try departments.eachRowThrowing { row in
            let agents: [UserID] = try Self.ids(agents, row.integer(0))
            let id = DepartmentID(stored: row.text(1))
            try writer.write(.department(FixtureDepartment(id: id, enabled: row.bool(2), agents: agents)))
        }
        try rooms.eachRowThrowing { row in try writer.write(.room(room(row))) }
        try writer.finish()
    }

    private func role(_ row: borrowing Row) throws -> FixtureRole {
        let restrictedTo: [PermissionID] = try Self.ids(restrictions, row.integer(0))
        return FixtureRole(
            id: RoleID(stored: row.text(1)),
            scope: Role.Scope(rawValue: row.text(2)),
            description: Given(row.textIfPresent(3)),
            restrictedTo: restrictedTo.isEmpty ? .null : .value(restrictedTo)
        )
    }

    private func user(_ row: borrowing Row) throws -> FixtureUser {
        let key = row.integer(0)
        var stored: [FixtureToken] = []
        try tokens.bind(1, key)
        try tokens.eachRow { row in
            guard let digest = TokenDigest(bytes: row.blob(0)) else { return }
            stored.append(
                FixtureToken(
                    digest: digest,
                    createdAt: Timestamp(milliseconds: row.integer(1)),
                    expiresAt: Given(row.integerIfPresent(2).map(Timestamp.init(milliseconds:))),
                    kind: row.bool(3) ? .personalAccess : .login
                )
            )
        }
        return FixtureUser(
            id: UserID(stored: row.text(1)),
            username: Given(row.textIfPresent(2)),
            active: row.bool(3),
            roles: try Self.ids(userRoles, key),
            tokens: stored
        )
    }

    private func room(_ row: borrowing Row) throws -> FixtureRoom {
        let key = row.integer(0)
        var inquiry: FixtureInquiry?
        if !row.isNull(7) {
            inquiry = FixtureInquiry(
                status: Given(row.textIfPresent(8)),
                departmentID: Given(row.textIfPresent(9).map(DepartmentID.init(stored:))),
                defaultAgent: Given(row.textIfPresent(10).map(UserID.init(stored:)))
            )
        }
        return FixtureRoom(
            id: RoomID(stored: row.text(1)),
            kind: row.text(2),
            open: row.bool(3),
            servedBy: Given(row.textIfPresent(4).map(UserID.init(stored:))),
            departmentID: Given(row.textIfPresent(5).map(DepartmentID.init(stored:))),
            visitorToken: Given(row.textIfPresent(6).map(VisitorToken.init)),
            inquiry: Given(inquiry),
            members: try self.members(of: key)
        )
    }

    private func members(of room: Int64) throws -> [FixtureMember] {
        var list: [FixtureMember] = []
        try members.bind(1, room)
        try members.eachRowThrowing { row in
            list.append(
                FixtureMember(
                    userID: UserID(stored: row.text(1)),
                    joinedAt: Timestamp(milliseconds: row.integer(2)),
                    roles: try Self.ids(memberRoles, room, row.integer(0))
                )
            )
        }
        return list
    }

    private static func ids<Entity>(_ statement: borrowing Statement, _ keys: Int64...) throws -> [Identifier<Entity>] {
        for (index, key) in keys.enumerated() { try statement.bind(Int32(index + 1), key) }
        var ids: [Identifier<Entity>] = []
        try statement.eachRow { row in ids.append(Identifier(stored: row.text(0))) }
        return ids
    }
}
