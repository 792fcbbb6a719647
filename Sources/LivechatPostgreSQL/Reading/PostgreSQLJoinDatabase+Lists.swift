#if PostgreSQL
public import LivechatJoin

// Each page is one statement; what the calls promise is said in the protocol.
extension PostgreSQLJoinDatabase {
    /// Lists users.
    public func users(_ page: LivechatPage<LivechatUserID>) async throws(LivechatStoreError) -> [LivechatStoredUser] {
        try await list(
            page,
            """
            SELECT entry.id, entry.username, entry.active,
                (SELECT count(*) FROM livechat_login_token WHERE "user" = entry.key),
                ARRAY(SELECT role.id FROM livechat_user_role AS given
                    JOIN livechat_role AS role ON role.key = given.role
                    WHERE given."user" = entry.key ORDER BY role.id),
                ARRAY(SELECT department.id FROM livechat_department_agent AS agent
                    JOIN livechat_department AS department ON department.key = agent.department
                    WHERE agent."user" = entry.key ORDER BY department.id),
                given.rooms, given.roles
            FROM livechat_user AS entry
            LEFT JOIN LATERAL (
                SELECT array_agg(room.id ORDER BY role.id, room.id) AS rooms,
                    array_agg(role.id ORDER BY role.id, room.id) AS roles
                FROM livechat_membership_role AS given
                JOIN livechat_room AS room ON room.key = given.room
                JOIN livechat_role AS role ON role.key = given.role
                WHERE given."user" = entry.key
            ) AS given ON true
            """
        ) { rows, row in
            var roomRoles: [LivechatRoomID: [LivechatRoleID]] = [:]
            for (room, role) in zip(rows.texts(row, 6), rows.texts(row, 7)) {
                roomRoles[LivechatRoomID(stored: room), default: []].append(LivechatRoleID(stored: role))
            }
            return LivechatStoredUser(
                user: LivechatUser(id: rows.id(row, 0), username: rows.text(row, 1), isActive: rows.flag(row, 2)),
                roles: rows.ids(row, 4),
                roomRoles: roomRoles,
                departments: rows.ids(row, 5),
                tokensCount: Int(rows.integer(row, 3) ?? 0)
            )
        }
    }

    /// Lists roles.
    public func roles(_ page: LivechatPage<LivechatRoleID>) async throws(LivechatStoreError) -> [LivechatStoredRole] {
        try await list(
            page,
            """
            SELECT entry.id, entry.scope, entry.description,
                ARRAY(SELECT permission.id FROM livechat_grant AS granted
                    JOIN livechat_permission AS permission ON permission.key = granted.permission
                    WHERE granted.role = entry.key ORDER BY permission.id),
                ARRAY(SELECT permission.id FROM livechat_restriction AS restriction
                    JOIN livechat_permission AS permission ON permission.key = restriction.permission
                    WHERE restriction.role = entry.key ORDER BY permission.id)
            FROM livechat_role AS entry
            """
        ) { rows, row in
            let role = LivechatRole(
                id: rows.id(row, 0),
                scope: rows.text(row, 1).flatMap(LivechatRole.Scope.init(rawValue:)) ?? .users,
                description: rows.text(row, 2),
                restrictedTo: Set(rows.ids(row, 4))
            )
            return LivechatStoredRole(role: role, permissions: rows.ids(row, 3))
        }
    }

    /// Lists permissions.
    public func permissions(
        _ page: LivechatPage<LivechatPermissionID>
    ) async throws(LivechatStoreError) -> [LivechatStoredPermission] {
        try await list(
            page,
            """
            SELECT entry.id,
                ARRAY(SELECT role.id FROM livechat_grant AS granted
                    JOIN livechat_role AS role ON role.key = granted.role
                    WHERE granted.permission = entry.key ORDER BY role.id),
                ARRAY(SELECT role.id FROM livechat_restriction AS restriction
                    JOIN livechat_role AS role ON role.key = restriction.role
                    WHERE restriction.permission = entry.key ORDER BY role.id)
            FROM livechat_permission AS entry
            """
        ) { rows, row in
            LivechatStoredPermission(id: rows.id(row, 0), roles: rows.ids(row, 1), restrictedRoles: rows.ids(row, 2))
        }
    }

    /// Lists departments.
    public func departments(
        _ page: LivechatPage<LivechatDepartmentID>
    ) async throws(LivechatStoreError) -> [LivechatStoredDepartment] {
        try await list(
            page,
            """
            SELECT entry.id, entry.enabled,
                ARRAY(SELECT person.id FROM livechat_department_agent AS agent
                    JOIN livechat_user AS person ON person.key = agent."user"
                    WHERE agent.department = entry.key ORDER BY person.id)
            FROM livechat_department AS entry
            """
        ) { rows, row in
            LivechatStoredDepartment(id: rows.id(row, 0), isEnabled: rows.flag(row, 1), agents: rows.ids(row, 2))
        }
    }

    /// Lists rooms of every kind.
    public func rooms(_ page: LivechatPage<LivechatRoomID>) async throws(LivechatStoreError) -> [LivechatStoredRoom] {
        try await list(
            page,
            """
            SELECT entry.id, entry.kind, entry.open, server.id, department.id, entry.visitor_token,
                (SELECT count(*) FROM livechat_membership AS member WHERE member.room = entry.key),
                inquiry.room, inquiry.status, queue.id, agent.id
            FROM livechat_room AS entry
            LEFT JOIN livechat_user AS server ON server.key = entry.served_by
            LEFT JOIN livechat_department AS department ON department.key = entry.department
            LEFT JOIN livechat_inquiry AS inquiry ON inquiry.room = entry.key
            LEFT JOIN livechat_department AS queue ON queue.key = inquiry.department
            LEFT JOIN livechat_user AS agent ON agent.key = inquiry.default_agent
            """
        ) { rows, row in
            let room = LivechatRoom(
                id: rows.id(row, 0),
                isOpen: rows.flag(row, 2),
                servedBy: rows.text(row, 3).map(LivechatUserID.init(stored:)),
                departmentID: rows.text(row, 4).map(LivechatDepartmentID.init(stored:)),
                visitorToken: rows.text(row, 5).map(LivechatVisitorToken.init),
                membersCount: Int(rows.integer(row, 6) ?? 0)
            )
            let inquiry = LivechatStoredRoom.Inquiry(
                status: rows.text(row, 8),
                departmentID: rows.text(row, 9).map(LivechatDepartmentID.init(stored:)),
                defaultAgent: rows.text(row, 10).map(LivechatUserID.init(stored:))
            )
            let kind = rows.text(row, 1) ?? ""
            return LivechatStoredRoom(room: room, kind: kind, inquiry: rows.isNull(row, 7) ? nil : inquiry)
        }
    }

    /// Lists the members of a room.
    public func members(
        of room: LivechatRoomID,
        _ page: LivechatPage<LivechatUserID>
    ) async throws(LivechatStoreError) -> [LivechatMember] {
        try await list(
            page,
            """
            SELECT entry.id, member.joined_at,
                ARRAY(SELECT role.id FROM livechat_membership_role AS given
                    JOIN livechat_role AS role ON role.key = given.role
                    WHERE given.room = member.room AND given."user" = member."user" ORDER BY role.id)
            FROM livechat_room AS room
            JOIN livechat_membership AS member ON member.room = room.key AND room.id = $3
            JOIN livechat_user AS entry ON entry.key = member."user"
            """,
            .text(room.string)
        ) { rows, row in
            let joinedAt = LivechatTimestamp(milliseconds: rows.integer(row, 1) ?? 0)
            return LivechatMember(user: rows.id(row, 0), joinedAt: joinedAt, roles: rows.ids(row, 2))
        }
    }

    /// Reads the settings.
    public func settings() async throws(LivechatStoreError) -> LivechatSettings {
        try await read { session in
            let rows = try session.query("SELECT preview_room, login_expiration_days FROM livechat_setting")
            if rows.count == 0 { return LivechatSettings() }
            return LivechatSettings(previewRoom: rows.flag(0, 0), loginExpirationDays: rows.number(0, 1))
        }
    }

    /// Reads one page.
    ///
    /// - Parameters:
    ///   - page: Which rows.
    ///   - select: A statement up to its WHERE, in which the listed table is `entry`.
    ///   - other: The value of `$3`, where the statement has it.
    ///   - decode: Reads one row.
    /// - Returns: The rows in the order of their ids.
    /// - Throws: `LivechatStoreError` when the page cannot be read.
    private func list<Entity, Entry: Sendable>(
        _ page: LivechatPage<LivechatID<Entity>>,
        _ select: String,
        _ other: Value? = nil,
        _ decode: @escaping @Sendable (borrowing Rows, Int) -> Entry
    ) async throws(LivechatStoreError) -> [Entry] {
        try await read { session in
            let rows = try session.query(select + page.clause, page.values() + (other.map { [$0] } ?? []))
            return (0..<rows.count).map { decode(rows, $0) }
        }
    }
}

extension LivechatPage {
    /// What follows a statement in which the listed table is `entry`, up to its end.
    var clause: String {
        switch self {
        case .only: " WHERE entry.id = $1 LIMIT $2"
        case .after: " WHERE entry.id > $1 ORDER BY entry.id LIMIT $2"
        }
    }

    /// The values of `$1` and `$2` of the clause.
    func values<Entity>() -> [Value] where ID == LivechatID<Entity> {
        switch self {
        case .only(let id): [.text(id.string), .integer(1)]
        // No id is empty.
        case .after(let id, _): [.text(id?.string ?? ""), .integer(Int64(limit))]
        }
    }
}

extension Rows {
    /// An id.
    func id<Entity>(_ row: Int, _ column: Int) -> LivechatID<Entity> { LivechatID(stored: text(row, column) ?? "") }

    /// An array of ids.
    func ids<Entity>(_ row: Int, _ column: Int) -> [LivechatID<Entity>] {
        texts(row, column).map { LivechatID(stored: $0) }
    }
}
#endif
