public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: JoinEventLog {
    /// Reads the event log from a cursor on.
    public func events(after cursor: JoinEvent.Cursor, limit: Int) async throws(DatabaseError) -> [JoinEvent] {
        try read { connection in
            let bounds = try EventLogBounds(connection)
            try bounds.require(cursor)
            let statement = try connection.prepare(
                """
                SELECT sequence, kind, at, room, user FROM livechat_event
                WHERE sequence > ?1 ORDER BY sequence LIMIT ?2
                """
            )
            try statement.bind(1, cursor.sequence)
            try statement.bind(2, Int64(max(1, limit)))
            var events: [JoinEvent] = []
            try statement.eachRow { row in
                events.append(
                    JoinEvent(
                        sequence: row.integer(0),
                        kind: JoinEvent.Kind(rawValue: row.text(1)),
                        at: LivechatTimestamp(milliseconds: row.integer(2)),
                        roomID: LivechatRoomID(stored: row.text(3)),
                        userID: LivechatUserID(stored: row.text(4)),
                        log: bounds.log
                    )
                )
            }
            return events
        }
    }

    /// Where the event log ends now.
    public func endOfEvents() async throws(DatabaseError) -> JoinEvent.Cursor {
        try read { connection in try EventLogBounds(connection).end }
    }
}

extension JoinDatabase {
    /// Gives the event log a new id, so that no cursor that was kept is good any more, as after a database was put in
    /// the place of another one by other means than a restore.
    ///
    /// - Returns: The id.
    /// - Throws: ``DatabaseError`` when the database cannot be written.
    @discardableResult
    public func startNewEventLog() async throws(DatabaseError) -> String {
        try await change { session in
            try session.connection.execute("UPDATE livechat_setting SET log_id = lower(hex(randomblob(4)))")
            return try EventLogBounds(session.connection).log
        }
    }

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

extension EventLogBounds {
    /// Reads where the log begins and ends.
    fileprivate init(_ connection: borrowing Connection) throws {
        let statement = try connection.prepare(
            """
            SELECT log_id, events_removed,
                max(events_removed, coalesce((SELECT max(sequence) FROM livechat_event), 0))
            FROM livechat_setting WHERE key = 1
            """
        )
        var (log, removed, last) = ("", Int64(0), Int64(0))
        try statement.eachRow { row in (log, removed, last) = (row.text(0), row.integer(1), row.integer(2)) }
        self.init(log: log, removed: removed, last: last)
    }
}
