internal import LivechatFixture
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
    private let progress: ((_ done: Int, _ total: Int) -> Void)?
    private var done = 0
    private let total: Int
    /// Of every role by its key: they are few, and named for every user.
    private var roleIDs: [Int64: LivechatRoleID] = [:]

    init(
        _ connection: borrowing Connection,
        progress: ((_ done: Int, _ total: Int) -> Void)? = nil,
        to sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        self.progress = progress
        let count = "SELECT (SELECT count(*) FROM livechat_user) + (SELECT count(*) FROM livechat_room)"
        total = progress == nil ? 0 : Int(try connection.integer(count) ?? 0)
        settings = try connection.prepare("SELECT preview_room, login_expiration_days FROM livechat_setting")
        roles = try connection.prepare("SELECT key, id, scope, description FROM livechat_role ORDER BY id")
        restrictions = try connection.prepare(
            """
            SELECT permission.id
            FROM livechat_restriction AS restriction
            LEFT JOIN livechat_permission AS permission ON permission.key = restriction.permission
            WHERE restriction.role = ?1 ORDER BY permission.id
            """
        )
        permissions = try connection.prepare("SELECT key, id FROM livechat_permission ORDER BY id")
        grants = try connection.prepare(
            """
            SELECT role.id FROM livechat_grant AS granted JOIN livechat_role AS role ON role.key = granted.role
            WHERE granted.permission = ?1 ORDER BY role.id
            """
        )
        users = try connection.prepare("SELECT key, id, username, active FROM livechat_user ORDER BY id")
        userRoles = try connection.prepare("SELECT role FROM livechat_user_role WHERE user = ?1")
        tokens = try connection.prepare(
            """
            SELECT digest, created_at, expires_at, personal_access FROM livechat_login_token
            WHERE user = ?1 ORDER BY digest
            """
        )
        departments = try connection.prepare("SELECT key, id, enabled FROM livechat_department ORDER BY id")
        agents = try connection.prepare(
            """
            SELECT user.id FROM livechat_department_agent AS agent JOIN livechat_user AS user ON user.key = agent.user
            WHERE agent.department = ?1 ORDER BY user.id
            """
        )
        rooms = try connection.prepare(
            """
            SELECT room.key, room.id, room.kind, room.open, server.id, department.id, room.visitor_token,
                inquiry.room, inquiry.status, queue.id, agent.id, inquiry.department
            FROM livechat_room AS room
            LEFT JOIN livechat_user AS server ON server.key = room.served_by
            LEFT JOIN livechat_department AS department ON department.key = room.department
            LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = room.key
            LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
            LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
            ORDER BY room.id
            """
        )
        members = try connection.prepare(
            """
            SELECT user.key, user.id, membership.joined_at, EXISTS (
                SELECT 1 FROM livechat_membership_role AS membership_role
                WHERE membership_role.room = membership.room AND membership_role.user = membership.user
            )
            FROM livechat_membership AS membership JOIN livechat_user AS user ON user.key = membership.user
            WHERE membership.room = ?1
            """
        )
        memberRoles = try connection.prepare("SELECT role FROM livechat_membership_role WHERE room = ?1 AND user = ?2")
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
        try roles.eachRowThrowing { row in
            let role = try role(row)
            roleIDs[row.integer(0)] = role.id
            try writer.write(.role(role))
        }
        try permissions.eachRowThrowing { row in
            let roles: [LivechatRoleID] = try Self.ids(grants, row.integer(0))
            try writer.write(
                .permission(FixturePermission(id: LivechatPermissionID(stored: row.text(1)), roles: roles))
            )
        }
        try users.eachRowThrowing { row in
            try writer.write(.user(user(row)))
            count()
        }
        try departments.eachRowThrowing { row in
            let agents: [LivechatUserID] = try Self.ids(agents, row.integer(0))
            let id = LivechatDepartmentID(stored: row.text(1))
            try writer.write(.department(FixtureDepartment(id: id, enabled: row.bool(2), agents: agents)))
        }
        try rooms.eachRowThrowing { row in
            try writer.write(.room(room(row)))
            count()
        }
        try writer.finish()
    }

    private func count() {
        done += 1
        // The caller reads the clock each time, which takes as long as a small row.
        if done % 256 == 0 || done == total { progress?(done, total) }
    }

    private func role(_ row: borrowing Row) throws -> FixtureRole {
        let restrictedTo: [LivechatPermissionID] = try Self.ids(restrictions, row.integer(0))
        return FixtureRole(
            id: LivechatRoleID(stored: row.text(1)),
            scope: LivechatRole.Scope(rawValue: row.text(2)),
            description: Given(row.textIfPresent(3)),
            restrictedTo: restrictedTo.isEmpty ? .null : .value(restrictedTo)
        )
    }

    private func user(_ row: borrowing Row) throws -> FixtureUser {
        let key = row.integer(0)
        var stored: [FixtureToken] = []
        try userRoles.bind(1, key)
        try tokens.bind(1, key)
        try tokens.eachRow { row in
            guard let digest = LivechatTokenDigest(bytes: row.blob(0)) else { return }
            stored.append(
                FixtureToken(
                    digest: digest,
                    createdAt: LivechatTimestamp(milliseconds: row.integer(1)),
                    expiresAt: Given(row.integerIfPresent(2).map(LivechatTimestamp.init(milliseconds:))),
                    kind: row.bool(3) ? .personalAccess : .login
                )
            )
        }
        return FixtureUser(
            id: LivechatUserID(stored: row.text(1)),
            username: Given(row.textIfPresent(2)),
            active: row.bool(3),
            roles: try roleIDs(userRoles),
            tokens: stored
        )
    }

    private func room(_ row: borrowing Row) throws -> FixtureRoom {
        let key = row.integer(0)
        var inquiry: FixtureInquiry?
        if !row.isNull(7) {
            // Without its department it would be dumped as one of the public queue.
            if row.isNull(9), !row.isNull(11) { throw SQLiteError.danglingReference(in: "livechat_inquiry") }
            inquiry = FixtureInquiry(
                status: Given(row.textIfPresent(8)),
                departmentID: Given(row.textIfPresent(9).map(LivechatDepartmentID.init(stored:))),
                defaultAgent: Given(row.textIfPresent(10).map(LivechatUserID.init(stored:)))
            )
        }
        return FixtureRoom(
            id: LivechatRoomID(stored: row.text(1)),
            kind: row.text(2),
            open: row.bool(3),
            servedBy: Given(row.textIfPresent(4).map(LivechatUserID.init(stored:))),
            departmentID: Given(row.textIfPresent(5).map(LivechatDepartmentID.init(stored:))),
            visitorToken: Given(row.textIfPresent(6).map(LivechatVisitorToken.init)),
            inquiry: Given(inquiry),
            members: try self.members(of: key)
        )
    }

    private func members(of room: Int64) throws -> [FixtureMember] {
        var list: [FixtureMember] = []
        try members.bind(1, room)
        try members.eachRowThrowing { row in
            var roles: [LivechatRoleID] = []
            if row.bool(3) {
                try memberRoles.bind(1, room)
                try memberRoles.bind(2, row.integer(0))
                roles = try roleIDs(memberRoles)
            }
            list.append(
                FixtureMember(
                    userID: LivechatUserID(stored: row.text(1)),
                    joinedAt: LivechatTimestamp(milliseconds: row.integer(2)),
                    roles: roles
                )
            )
        }
        // Sorted here, since SQLite would build a sorter for every room, nearly all of which have few members.
        if list.count > 1 { list.sort { $0.userID < $1.userID } }
        return list
    }

    private func roleIDs(_ statement: borrowing Statement) throws -> [LivechatRoleID] {
        var ids: [LivechatRoleID] = []
        try statement.eachRowThrowing { row in
            guard let id = roleIDs[row.integer(0)] else {
                throw SQLiteError.danglingReference(in: "livechat_user_role or livechat_membership_role")
            }
            ids.append(id)
        }
        if ids.count > 1 { ids.sort() }
        return ids
    }

    private static func ids<Entity>(_ statement: borrowing Statement, _ key: Int64) throws -> [LivechatID<Entity>] {
        try statement.bind(1, key)
        var ids: [LivechatID<Entity>] = []
        try statement.eachRowThrowing { row in
            // What a role is restricted to must not get lost.
            guard let id = row.textIfPresent(0) else { throw SQLiteError.danglingReference(in: "livechat_restriction") }
            ids.append(LivechatID(stored: id))
        }
        return ids
    }
}
