internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStore {
    /// Removes what another program no longer has, behind its load and in the same transaction.
    ///
    /// Roles stay: without a grant they let nobody in.
    ///
    /// - Returns: The departments that stay since a room or an inquiry names them.
    /// - Throws: SQLite's error; the caller's transaction must not be kept.
    func prune(_ removal: FixtureSource.Removal, _ connection: borrowing Connection) throws -> [LivechatDepartmentID] {
        agents.change.removed += try remove(
            removal.agents.map { ($0.department.string, $0.user.string) },
            """
            DELETE FROM livechat_department_agent
            WHERE department = (SELECT key FROM livechat_department WHERE id = ?1)
                AND user = (SELECT key FROM livechat_user WHERE id = ?2)
            """,
            connection
        )
        members.change.removed += try remove(
            removal.members.map { ($0.room.string, $0.user.string) },
            """
            DELETE FROM livechat_membership
            WHERE room = (SELECT key FROM livechat_room WHERE id = ?1)
                AND user = (SELECT key FROM livechat_user WHERE id = ?2)
            """,
            connection
        )
        let rooms = try gone("SELECT key, id, kind FROM livechat_room", connection) { id, row in
            removal.keepsRoom(id, row.text(2))
        }
        self.rooms.change.removed += try remove(rooms, "DELETE FROM livechat_room WHERE key = ?1", connection)
        var kept: [LivechatDepartmentID] = []
        let departments = try gone(
            """
            SELECT key, id,
                EXISTS (SELECT 1 FROM livechat_room WHERE department = livechat_department.key)
                OR EXISTS (SELECT 1 FROM livechat_inquiry WHERE department = livechat_department.key)
            FROM livechat_department ORDER BY id
            """,
            connection
        ) { id, row in
            if removal.keeps(.department, id) { return true }
            if row.bool(2) { kept.append(LivechatDepartmentID(stored: id)) }
            return row.bool(2)
        }
        self.departments.change.removed += try remove(
            departments,
            "DELETE FROM livechat_department WHERE key = ?1",
            connection
        )
        let users = try gone("SELECT key, id FROM livechat_user", connection) { id, _ in removal.keeps(.user, id) }
        self.users.change.removed += try remove(users, "DELETE FROM livechat_user WHERE key = ?1", connection)
        let permissions = try gone("SELECT key, id FROM livechat_permission", connection) { id, _ in
            removal.keeps(.permission, id)
        }
        grants.change.removed += try remove(permissions, "DELETE FROM livechat_grant WHERE permission = ?1", connection)
        return kept
    }

    private func remove(
        _ pairs: [(String, String)],
        _ sql: StaticString,
        _ connection: borrowing Connection
    ) throws -> Int {
        let statement = try connection.prepare([sql])
        var count = 0
        for (first, second) in pairs {
            try statement.bind(1, first)
            try statement.bind(2, second)
            count += Int(try statement.runAndCount())
        }
        return count
    }

    private func gone(
        _ sql: StaticString,
        _ connection: borrowing Connection,
        _ stays: (String, borrowing Row) -> Bool
    ) throws -> [Int64] {
        var keys: [Int64] = []
        try connection.prepare([sql]).eachRowThrowing { row in
            if !stays(row.text(1), row) { keys.append(row.integer(0)) }
        }
        return keys
    }

    private func remove(_ keys: [Int64], _ sql: StaticString, _ connection: borrowing Connection) throws -> Int {
        let statement = try connection.prepare([sql])
        var count = 0
        for key in keys {
            try statement.bind(1, key)
            count += Int(try statement.runAndCount())
        }
        return count
    }
}
