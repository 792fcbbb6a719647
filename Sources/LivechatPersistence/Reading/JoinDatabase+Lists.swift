public import LivechatJoin
internal import LivechatSQLite

// Each page is one statement, and one more for each list that its entries have; what the calls promise is said in the
// protocol.
extension JoinDatabase {
    /// Lists users.
    public func users(_ page: LivechatPage<LivechatUserID>) async throws(LivechatStoreError) -> [LivechatStoredUser] {
        try read { connection in
            let users = try connection.rows(
                of: page,
                """
                SELECT entry.key, entry.id, entry.username, entry.active,
                    (SELECT count(*) FROM livechat_login_token WHERE user = entry.key)
                FROM livechat_user AS entry
                """
            ) { row in
                let id = LivechatUserID(stored: row.text(1))
                return (
                    user: LivechatUser(id: id, username: row.textIfPresent(2), isActive: row.bool(3)),
                    tokensCount: Int(row.integer(4))
                )
            }
            let roles: [Int64: [LivechatRoleID]] = try connection.ids(
                of: users,
                """
                SELECT given.user, role.id
                FROM livechat_user_role AS given JOIN livechat_role AS role ON role.key = given.role
                WHERE given.user IN (SELECT value FROM json_each(?1)) ORDER BY role.id
                """
            )
            let departments: [Int64: [LivechatDepartmentID]] = try connection.ids(
                of: users,
                """
                SELECT agent.user, department.id FROM livechat_department_agent AS agent
                JOIN livechat_department AS department ON department.key = agent.department
                WHERE agent.user IN (SELECT value FROM json_each(?1)) ORDER BY department.id
                """
            )
            let roomRoles = try connection.roomRoles(of: users)
            return users.map { key, entry in
                LivechatStoredUser(
                    user: entry.user,
                    roles: roles[key] ?? [],
                    roomRoles: roomRoles[key] ?? [:],
                    departments: departments[key] ?? [],
                    tokensCount: entry.tokensCount
                )
            }
        }
    }

    /// Lists roles.
    public func roles(_ page: LivechatPage<LivechatRoleID>) async throws(LivechatStoreError) -> [LivechatStoredRole] {
        try read { connection in
            let roles = try connection.rows(
                of: page,
                "SELECT entry.key, entry.id, entry.scope, entry.description FROM livechat_role AS entry"
            ) { row in
                (id: LivechatRoleID(stored: row.text(1)), scope: row.text(2), description: row.textIfPresent(3))
            }
            let grants: [Int64: [LivechatPermissionID]] = try connection.ids(
                of: roles,
                """
                SELECT granted.role, permission.id FROM livechat_grant AS granted
                JOIN livechat_permission AS permission ON permission.key = granted.permission
                WHERE granted.role IN (SELECT value FROM json_each(?1)) ORDER BY permission.id
                """
            )
            let restrictions: [Int64: [LivechatPermissionID]] = try connection.ids(
                of: roles,
                """
                SELECT restriction.role, permission.id FROM livechat_restriction AS restriction
                JOIN livechat_permission AS permission ON permission.key = restriction.permission
                WHERE restriction.role IN (SELECT value FROM json_each(?1)) ORDER BY permission.id
                """
            )
            return roles.map { key, entry in
                let role = LivechatRole(
                    id: entry.id,
                    scope: LivechatRole.Scope(rawValue: entry.scope) ?? .users,
                    description: entry.description,
                    restrictedTo: Set(restrictions[key] ?? [])
                )
                return LivechatStoredRole(role: role, permissions: grants[key] ?? [])
            }
        }
    }

    /// Lists permissions.
    public func permissions(
        _ page: LivechatPage<LivechatPermissionID>
    ) async throws(LivechatStoreError) -> [LivechatStoredPermission] {
        try read { connection in
            let permissions = try connection.rows(
                of: page,
                "SELECT entry.key, entry.id FROM livechat_permission AS entry"
            ) { row in LivechatPermissionID(stored: row.text(1)) }
            let grants: [Int64: [LivechatRoleID]] = try connection.ids(
                of: permissions,
                """
                SELECT granted.permission, role.id
                FROM livechat_grant AS granted JOIN livechat_role AS role ON role.key = granted.role
                WHERE granted.permission IN (SELECT value FROM json_each(?1)) ORDER BY role.id
                """
            )
            let restrictions: [Int64: [LivechatRoleID]] = try connection.ids(
                of: permissions,
                """
                SELECT restriction.permission, role.id
                FROM livechat_restriction AS restriction JOIN livechat_role AS role ON role.key = restriction.role
                WHERE restriction.permission IN (SELECT value FROM json_each(?1)) ORDER BY role.id
                """
            )
            return permissions.map { key, id in
                LivechatStoredPermission(id: id, roles: grants[key] ?? [], restrictedRoles: restrictions[key] ?? [])
            }
        }
    }

    /// Lists departments.
    public func departments(
        _ page: LivechatPage<LivechatDepartmentID>
    ) async throws(LivechatStoreError) -> [LivechatStoredDepartment] {
        try read { connection in
            let departments = try connection.rows(
                of: page,
                "SELECT entry.key, entry.id, entry.enabled FROM livechat_department AS entry"
            ) { row in (id: LivechatDepartmentID(stored: row.text(1)), isEnabled: row.bool(2)) }
            let agents: [Int64: [LivechatUserID]] = try connection.ids(
                of: departments,
                """
                SELECT agent.department, user.id
                FROM livechat_department_agent AS agent JOIN livechat_user AS user ON user.key = agent.user
                WHERE agent.department IN (SELECT value FROM json_each(?1)) ORDER BY user.id
                """
            )
            return departments.map { key, entry in
                LivechatStoredDepartment(id: entry.id, isEnabled: entry.isEnabled, agents: agents[key] ?? [])
            }
        }
    }

    /// Lists rooms of every kind.
    public func rooms(_ page: LivechatPage<LivechatRoomID>) async throws(LivechatStoreError) -> [LivechatStoredRoom] {
        try read { connection in
            let rooms = try connection.rows(
                of: page,
                """
                SELECT entry.key, entry.id, entry.kind, entry.open, server.id, department.id, entry.visitor_token,
                    (SELECT count(*) FROM livechat_membership AS member WHERE member.room = entry.key),
                    inquiry.room, inquiry.status, queue.id, agent.id
                FROM livechat_room AS entry
                LEFT JOIN livechat_user AS server ON server.key = entry.served_by
                LEFT JOIN livechat_department AS department ON department.key = entry.department
                LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = entry.key
                LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
                LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
                """
            ) { row in
                let room = LivechatRoom(
                    id: LivechatRoomID(stored: row.text(1)),
                    isOpen: row.bool(3),
                    servedBy: row.textIfPresent(4).map(LivechatUserID.init(stored:)),
                    departmentID: row.textIfPresent(5).map(LivechatDepartmentID.init(stored:)),
                    visitorToken: row.textIfPresent(6).map(LivechatVisitorToken.init),
                    membersCount: Int(row.integer(7))
                )
                let inquiry = LivechatStoredRoom.Inquiry(
                    status: row.textIfPresent(9),
                    departmentID: row.textIfPresent(10).map(LivechatDepartmentID.init(stored:)),
                    defaultAgent: row.textIfPresent(11).map(LivechatUserID.init(stored:))
                )
                return LivechatStoredRoom(room: room, kind: row.text(2), inquiry: row.isNull(8) ? nil : inquiry)
            }
            return rooms.map(\.value)
        }
    }

    /// Lists the members of a room.
    public func members(
        of room: LivechatRoomID,
        _ page: LivechatPage<LivechatUserID>
    ) async throws(LivechatStoreError) -> [LivechatMember] {
        try read { connection in
            let key = try connection.prepare(Lookups.SQL.roomByID)
            try key.bind(1, room.string)
            guard let key = try key.first({ row in row.integer(0) }) else { return [] }
            let members = try connection.rows(
                of: page,
                """
                SELECT entry.key, entry.id, member.joined_at FROM livechat_membership AS member
                JOIN livechat_user AS entry ON entry.key = member.user AND member.room = ?3
                """,
                key
            ) { row in
                (id: LivechatUserID(stored: row.text(1)), joinedAt: LivechatTimestamp(milliseconds: row.integer(2)))
            }
            let roles: [Int64: [LivechatRoleID]] = try connection.ids(
                of: members,
                """
                SELECT given.user, role.id
                FROM livechat_membership_role AS given JOIN livechat_role AS role ON role.key = given.role
                WHERE given.room = ?2 AND given.user IN (SELECT value FROM json_each(?1)) ORDER BY role.id
                """,
                key
            )
            return members.map { key, entry in
                LivechatMember(user: entry.id, joinedAt: entry.joinedAt, roles: roles[key] ?? [])
            }
        }
    }

    /// Reads the settings.
    public func settings() async throws(LivechatStoreError) -> LivechatSettings {
        try read { connection in
            let statement = try connection.prepare("SELECT preview_room, login_expiration_days FROM livechat_setting")
            return try statement.first { row in
                LivechatSettings(previewRoom: row.bool(0), loginExpirationDays: row.doubleIfPresent(1))
            } ?? LivechatSettings()
        }
    }
}

extension Connection {
    /// The rows of one page by their keys, in the order of their ids.
    ///
    /// - Parameters:
    ///   - page: Which rows.
    ///   - select: A statement up to its WHERE, in which the listed table is `entry` and the first column its key.
    ///   - other: The value of ?3, where the statement has it.
    ///   - decode: Reads one row.
    /// - Returns: The key of each row, and what `decode` made of the row.
    /// - Throws: `SQLiteError` when the page cannot be read.
    fileprivate borrowing func rows<Entity, Value>(
        of page: LivechatPage<LivechatID<Entity>>,
        _ select: StaticString,
        _ other: Int64? = nil,
        _ decode: (borrowing Row) -> Value
    ) throws -> [(key: Int64, value: Value)] {
        let statement: Statement
        switch page {
        case .only(let id):
            statement = try prepare([select, " WHERE entry.id = ?1"])
            try statement.bind(1, id.string)
        case .after(let id, _):
            statement = try prepare([select, " WHERE entry.id > ?1 ORDER BY entry.id LIMIT ?2"])
            // No id is empty.
            try statement.bind(1, id?.string ?? "")
            try statement.bind(2, Int64(page.limit))
        }
        if let other { try statement.bind(3, other) }
        var rows: [(key: Int64, value: Value)] = []
        try statement.eachRow { row in rows.append((row.integer(0), decode(row))) }
        return rows
    }

    /// The ids that belong to each row of a page.
    ///
    /// - Parameters:
    ///   - rows: The page.
    ///   - sql: Gives the key of a row and an id, for all keys in the JSON array ?1.
    ///   - other: The value of ?2, where the statement has it.
    /// - Returns: The ids by the key of their row, in the order of the statement; no entry for a row without any.
    /// - Throws: `SQLiteError` when they cannot be read.
    fileprivate borrowing func ids<Entity>(
        of rows: [(key: Int64, value: some Any)],
        _ sql: StaticString,
        _ other: Int64? = nil
    ) throws -> [Int64: [LivechatID<Entity>]] {
        let statement = try prepare(sql)
        try statement.bind(1, Self.array(rows))
        if let other { try statement.bind(2, other) }
        var ids: [Int64: [LivechatID<Entity>]] = [:]
        try statement.eachRow { row in ids[row.integer(0), default: []].append(LivechatID(stored: row.text(1))) }
        return ids
    }

    /// The roles that users have as members of rooms.
    ///
    /// There is no index by user, so it is one scan for each page.
    fileprivate borrowing func roomRoles(
        of users: [(key: Int64, value: some Any)]
    ) throws -> [Int64: [LivechatRoomID: [LivechatRoleID]]] {
        let statement = try prepare(
            """
            SELECT given.user, room.id, role.id FROM livechat_membership_role AS given
            JOIN livechat_room AS room ON room.key = given.room
            JOIN livechat_role AS role ON role.key = given.role
            WHERE given.user IN (SELECT value FROM json_each(?1)) ORDER BY role.id
            """
        )
        try statement.bind(1, Self.array(users))
        var roles: [Int64: [LivechatRoomID: [LivechatRoleID]]] = [:]
        try statement.eachRow { row in
            roles[row.integer(0), default: [:]][LivechatRoomID(stored: row.text(1)), default: []]
                .append(LivechatRoleID(stored: row.text(2)))
        }
        return roles
    }

    private static func array(_ rows: [(key: Int64, value: some Any)]) -> String {
        "[" + rows.map { String($0.key) }.joined(separator: ",") + "]"
    }
}
