/// The durable, ordered log of what has been committed (contract C7, C11, C15).
public protocol JoinEventLog: Sendable {
    /// Reads the event log from a cursor on, on one snapshot.
    ///
    /// A cursor of another log, as there is one after a restore, is an error: what is in this log may have been dealt
    /// with, or lost, before.
    ///
    /// - Parameters:
    ///   - cursor: The last event that was dealt with; 0 reads from the beginning.
    ///   - limit: The most events to return, at least 1.
    ///   - kinds: The kinds to return; nil returns all, and an empty set none.
    /// - Returns: The events of these kinds after the cursor, and where to read on.
    /// - Throws: When the store cannot be read, and with the code `invalidCursor` when the cursor is of another log, is
    ///   ahead of this one, or events that follow it have been removed.
    func eventPage(
        after cursor: JoinEvent.Cursor,
        limit: Int,
        kinds: Set<JoinEvent.Kind>?
    )
        async throws(LivechatStoreError) -> JoinEventPage
}

extension JoinEventLog {
    /// Reads the event log from a cursor on.
    ///
    /// Keep the cursor of the last event that was dealt with, and ask for what comes after it.
    ///
    /// - Parameters:
    ///   - cursor: The last event that was dealt with; 0 reads from the beginning.
    ///   - limit: The most events to return, at least 1.
    ///   - kinds: The kinds to return; nil returns all.
    /// - Returns: The events of these kinds after the cursor, oldest first; none when there are no more yet.
    /// - Throws: When the store cannot be read, or with the code `invalidCursor` as ``eventPage(after:limit:kinds:)``.
    public func events(
        after cursor: JoinEvent.Cursor,
        limit: Int = 1_000,
        kinds: Set<JoinEvent.Kind>? = nil
    ) async throws(LivechatStoreError) -> [JoinEvent] {
        try await eventPage(after: cursor, limit: limit, kinds: kinds).events
    }

    /// Where the event log ends now: what happens from here on is read with this cursor.
    ///
    /// - Throws: When the store cannot be read.
    public func endOfEvents() async throws(LivechatStoreError) -> JoinEvent.Cursor {
        try await eventPage(after: 0, limit: 1, kinds: []).next
    }
}

/// What a cursor is compared with.
package struct EventLogBounds: Sendable {
    /// The id of the log.
    package let log: String
    /// The highest sequence of an event that has been removed.
    package let removed: Int64
    /// The highest sequence of all.
    package let last: Int64

    package init(log: String, removed: Int64, last: Int64) {
        self.log = log
        self.removed = removed
        self.last = last
    }

    /// Where the log ends.
    package var end: JoinEvent.Cursor { JoinEvent.Cursor(log: log, sequence: last) }

    /// Refuses a cursor behind which something could be missing.
    package func require(_ cursor: JoinEvent.Cursor) throws(LivechatStoreError) {
        try requireLog(of: cursor)
        if cursor.sequence > last {
            throw .invalidCursor(
                "the cursor \(cursor) is ahead of the event log, which ends at \(last): the database was restored or "
                    + "replaced"
            )
        }
        // A cursor of 0 without a log begins with what there is.
        if cursor.sequence < removed, cursor.sequence > 0 || cursor.log != nil {
            throw .invalidCursor(
                "events that follow the cursor \(cursor) have been removed, the newest of them \(log):\(removed)"
            )
        }
    }

    /// Refuses to remove more events than there are.
    package func requirePrunable(before cursor: JoinEvent.Cursor) throws(LivechatStoreError) {
        try requireLog(of: cursor)
        guard cursor.sequence > last + 1 else { return }
        throw LivechatStoreError(
            .invalidCursor,
            "there is no event \(cursor.sequence) to prune before: the event log ends at \(last), and \(last + 1) "
                + "prunes all of it"
        )
    }

    private func requireLog(of cursor: JoinEvent.Cursor) throws(LivechatStoreError) {
        guard let log = cursor.log, log != self.log else { return }
        throw .invalidCursor(
            "the cursor \(cursor) is of another event log than this one, \(self.log): the database was restored or "
                + "replaced"
        )
    }
}

extension LivechatStoreError {
    fileprivate static func invalidCursor(_ what: String) -> LivechatStoreError {
        LivechatStoreError(
            .invalidCursor,
            what + "; compare your records with the rooms' members, and read on from 0, which is the beginning"
        )
    }
}
