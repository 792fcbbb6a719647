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
/// too. One that asks for some kinds only learns no cursor of the others. It goes on past them while it runs; when it
/// restarts after its last event, and events after that one have been removed meanwhile, the cursor is an error.
public struct JoinEventSequence: AsyncSequence, Sendable {
    private let log: any JoinEventLog
    private let cursor: JoinEvent.Cursor
    private let kinds: Set<JoinEvent.Kind>?
    private let interval: Duration

    init(
        _ log: any JoinEventLog,
        after cursor: JoinEvent.Cursor,
        kinds: Set<JoinEvent.Kind>?,
        interval: Duration
    ) {
        self.log = log
        self.cursor = cursor
        self.kinds = kinds
        self.interval = interval
    }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// Where one reader is in the log.
    public struct Iterator: AsyncIteratorProtocol {
        private let sequence: JoinEventSequence
        private var cursor: JoinEvent.Cursor
        /// What has been read and not passed on, the next one last.
        private var read: [JoinEvent] = []

        fileprivate init(_ sequence: JoinEventSequence) {
            self.sequence = sequence
            cursor = sequence.cursor
        }

        /// Waits for the next event.
        ///
        /// - Returns: The event; nil when the task has been cancelled.
        /// - Throws: `LivechatStoreError` when the store cannot be read, and with the code `invalidCursor` when the log is
        ///   another one than the cursor's, as after a restore.
        public mutating func next() async throws -> JoinEvent? {
            while !Task.isCancelled {
                if let event = read.popLast() { return event }
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
    /// - Returns: The events, oldest first, without end.
    public func eventSequence(
        after cursor: JoinEvent.Cursor,
        kinds: Set<JoinEvent.Kind>? = nil,
        every interval: Duration = .milliseconds(200)
    ) -> JoinEventSequence {
        JoinEventSequence(self, after: cursor, kinds: kinds, interval: interval)
    }
}
