internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

extension FixtureStore {
    /// Removes what the whole of another program's state no longer has, behind its load and in the same transaction.
    ///
    /// Roles stay: without a grant they let nobody in.
    ///
    /// - Returns: The departments that stay since a room or an inquiry names them.
    /// - Throws: SQLite's error; the caller's transaction must not be kept.
    func prune(_ whole: FixtureSource.Whole, _ connection: borrowing Connection) throws -> [LivechatDepartmentID] {
        let rooms = try gone("SELECT key, id, kind FROM livechat_room", connection) { id, row in
            whole.hasRoom(id, row.text(2))
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
            if whole.has(.department, id) { return true }
            if row.bool(2) { kept.append(LivechatDepartmentID(stored: id)) }
            return row.bool(2)
        }
        self.departments.change.removed += try remove(
            departments,
            "DELETE FROM livechat_department WHERE key = ?1",
            connection
        )
        let users = try gone("SELECT key, id FROM livechat_user", connection) { id, _ in whole.has(.user, id) }
        self.users.change.removed += try remove(users, "DELETE FROM livechat_user WHERE key = ?1", connection)
        let permissions = try gone("SELECT key, id FROM livechat_permission", connection) { id, _ in
            whole.has(.permission, id)
        }
        grants.change.removed += try remove(permissions, "DELETE FROM livechat_grant WHERE permission = ?1", connection)
        return kept
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
