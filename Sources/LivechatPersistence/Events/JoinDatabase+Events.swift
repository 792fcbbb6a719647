public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: JoinEventLog {
    /// Reads the event log from a cursor on.
    public func events(after sequence: Int64, limit: Int) async throws(DatabaseError) -> [JoinEvent] {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT sequence, kind, at, room, user FROM livechat_event
                WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                """
            )
            try statement.bind(1, sequence)
            try statement.bind(2, Int64(max(1, limit)))
            var events: [JoinEvent] = []
            try statement.eachRow { row in
                events.append(
                    JoinEvent(
                        sequence: row.integer(0),
                        kind: JoinEvent.Kind(rawValue: row.text(1)),
                        at: LivechatTimestamp(milliseconds: row.integer(2)),
                        roomID: LivechatRoomID(stored: row.text(3)),
                        userID: LivechatUserID(stored: row.text(4))
                    )
                )
            }
            return events
        }
    }
}

extension JoinDatabase {
    /// Runs a query of its own on one snapshot of the newest committed state.
    func read<Result: Sendable>(
        _ query: (borrowing Connection) throws -> Result
    ) throws(DatabaseError) -> Result {
        do {
            return try readers.snapshot { reader in try reader.query(query) }
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }
}
