/// The events of a log from a cursor on, as they are committed by any process.
///
/// ```swift
/// for try await event in database.eventSequence(after: cursor, kinds: [.joined]) {
///     try await messages.insert("joined", event.userID, event.roomID, event.cursor)  // one transaction
/// }
/// ```
///
/// It waits where there is no event yet, and ends when its task is cancelled. A reader that stores the cursor of an
/// event in one transaction with what the event led to neither misses an event nor deals with one twice, after a kill
/// too. One that asks for some kinds only stores the cursors that `skipped` gets as well: they stand behind events of
/// other kinds, so removing those does not make the stored cursor an error.
public struct JoinEventSequence: AsyncSequence, Sendable {
    private let log: any JoinEventLog
    private let cursor: JoinEvent.Cursor
    private let kinds: Set<JoinEvent.Kind>?
    private let interval: Duration
    private let skipped: (@Sendable (JoinEvent.Cursor) async throws -> Void)?

    init(
        _ log: any JoinEventLog,
        after cursor: JoinEvent.Cursor,
        kinds: Set<JoinEvent.Kind>?,
        interval: Duration,
        skipped: (@Sendable (JoinEvent.Cursor) async throws -> Void)?
    ) {
        self.log = log
        self.cursor = cursor
        self.kinds = kinds
        self.interval = interval
        self.skipped = skipped
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Where one reader is in the log.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: JoinEventSequence
        private var cursor: JoinEvent.Cursor
        /// The last cursor that the caller has got, of an event or of events that were skipped.
        private var passedOn: Int64
        /// What has been read and not passed on, the next one last.
        private var read: [JoinEvent] = []

        fileprivate init(_ sequence: JoinEventSequence) {
            self.sequence = sequence
            cursor = sequence.cursor
            passedOn = cursor.sequence
        }

        /// Waits for the next event.
        ///
        /// - Returns: The event; nil when the task has been cancelled.
        /// - Throws: `LivechatStoreError` when the store cannot be read, and with the code `invalidCursor` when the log is
        ///   another one than the cursor's, as after a restore; and what `skipped` throws.
        public mutating func next() async throws -> JoinEvent? {
            while !Task.isCancelled {
                if let event = read.popLast() {
                    passedOn = event.sequence
                    return event
                }
                if cursor.sequence > passedOn {
                    passedOn = cursor.sequence
                    try await sequence.skipped?(cursor)
                }
                let page = try await sequence.log.eventPage(after: cursor, limit: 1_000, kinds: sequence.kinds)
                cursor = page.next
                read = page.events.reversed()
                if read.isEmpty {
                    // Cancelled means that nobody waits for the next event.
                    do { try await Task.sleep(for: sequence.interval) } catch { return nil }
                }
            }
            return nil
        }
    }
}

extension JoinEventLog {
    /// Every event after a cursor, and those that are yet to come.
    ///
    /// - Parameters:
    ///   - cursor: The last event that was dealt with; 0 reads from the beginning.
    ///   - kinds: The kinds to pass on; nil passes all on.
    ///   - interval: How often to look for a new event where there is none. A look costs about as much as a decision.
    ///   - skipped: Gets a cursor to store when events of other kinds have been read past, and every event before it
    ///     has been dealt with; at most once each interval where no event comes.
    /// - Returns: The events, oldest first, without end.
    public func eventSequence(
        after cursor: JoinEvent.Cursor,
        kinds: Set<JoinEvent.Kind>? = nil,
        every interval: Duration = .milliseconds(200),
        skipped: (@Sendable (JoinEvent.Cursor) async throws -> Void)? = nil
    ) -> JoinEventSequence {
        JoinEventSequence(self, after: cursor, kinds: kinds, interval: interval, skipped: skipped)
    }
}
