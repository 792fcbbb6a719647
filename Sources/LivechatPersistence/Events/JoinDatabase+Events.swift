public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: JoinEventLog {
    /// Reads the event log from a cursor on, on one snapshot.
    public func eventPage(
        after cursor: JoinEvent.Cursor,
        limit: Int,
        kinds: Set<JoinEvent.Kind>?
    ) async throws(LivechatStoreError) -> JoinEventPage {
        let limit = max(1, limit)
        return try read { connection in
            let bounds = try EventLogBounds(connection)
            try bounds.require(cursor)
            var events: [JoinEvent] = []
            if kinds?.isEmpty != true {
                let reader = try EventReader(connection, log: bounds.log)
                events = try reader.events(after: cursor.sequence, limit: limit, kinds: kinds)
            }
            return JoinEventPage(events, limit: limit, end: bounds.end)
        }
    }
}

extension JoinDatabase {
    /// Removes the oldest events of the log.
    @discardableResult
    public func pruneEvents(before cursor: JoinEvent.Cursor) async throws(LivechatStoreError) -> Int {
        try await change(isAlone: true) { session in
            try EventLogBounds(session.writer.connection).requirePrunable(before: cursor)
            // First, so that the trigger has nothing to do for each event.
            try session.change(
                """
                UPDATE livechat_setting SET events_removed = ?1 - 1
                WHERE events_removed < ?1 - 1 AND EXISTS (SELECT 1 FROM livechat_event WHERE sequence < ?1)
                """,
                cursor.sequence
            )
            let deletion = try session.writer.kept(["DELETE FROM livechat_event WHERE sequence < ?1"])
            let count = try deletion.use { statement in
                try statement.bind(1, cursor.sequence)
                return Int(try statement.runAndCount())
            }
            if count > 0 { try session.record(.eventsPruned(count, before: cursor.sequence)) }
            return count
        }
    }

    /// Gives the event log a new id, so that no cursor that was kept is good any more, as after a database was put in
    /// the place of another one by other means than a restore.
    ///
    /// ```swift
    /// print("the log is now", try await database.startNewEventLog())
    /// ```
    ///
    /// - Returns: The id.
    /// - Throws: `LivechatStoreError` when the database cannot be written.
    @discardableResult
    public func startNewEventLog() async throws(LivechatStoreError) -> String {
        try await change { session in
            let log = try EventLogBounds(session.writer.connection).log
            try session.change("UPDATE livechat_setting SET log_id = lower(hex(randomblob(4)))")
            try session.record(.newEventLogStarted(after: log))
            return try EventLogBounds(session.writer.connection).log
        }
    }

    /// Runs a query of its own on one snapshot of the newest committed state.
    func read<Result: Sendable>(
        _ query: (borrowing Connection) throws -> Result
    ) throws(LivechatStoreError) -> Result {
        do {
            return try readers.snapshot { reader in try reader.query(query) }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
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
