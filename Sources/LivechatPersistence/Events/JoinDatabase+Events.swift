internal import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Reads the event log from a cursor on (contract C7).
    ///
    /// Keep the sequence of the last event that was dealt with, and ask for what comes after it.
    ///
    /// - Parameters:
    ///   - sequence: The cursor; 0 reads from the beginning.
    ///   - limit: The most events to return, at least 1.
    /// - Returns: The events after the cursor, oldest first; none when there are no more yet.
    /// - Throws: ``DatabaseError`` when the database cannot be read.
    public func events(after sequence: Int64, limit: Int = 1_000) async throws -> [JoinEvent] {
        try readers.snapshot { reader in
            try reader.query { connection in
                let statement = try connection.prepare(
                    """
                    SELECT sequence, kind, at, room, user FROM livechat_event
                    WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                    """
                )
                try statement.bind(1, sequence)
                try statement.bind(2, Int64(max(1, limit)))
                var events: [JoinEvent] = []
                try statement.eachRowThrowing { row in
                    guard let kind = JoinEvent.Kind(rawValue: row.text(1)) else {
                        throw DatabaseError(
                            .storage,
                            "event \(row.integer(0)) is of an unknown kind: check the database"
                        )
                    }
                    events.append(
                        JoinEvent(
                            sequence: row.integer(0),
                            kind: kind,
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
}
