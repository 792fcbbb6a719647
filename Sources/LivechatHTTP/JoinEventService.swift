#if HTTP
public import LivechatJoin
public import Logging
public import ServiceLifecycle

/// A service of the host's that deals with the events of a log, one after the other.
///
/// ```swift
/// let events = JoinEventService(
///     database,
///     kinds: [.joined],
///     after: { try await messages.lastCursor() },
///     skipped: { cursor in try await messages.store(cursor) },
///     // One transaction: after a kill the event is dealt with again unless its cursor was stored.
///     handle: { event in try await messages.insert("joined", event.userID, event.roomID, event.cursor) }
/// )
/// let application = Application(router: router, services: [events])
/// ```
///
/// It ends when the host shuts down, once the event that it is dealing with is done. While another program holds a lock
/// it waits, and while the database is away, as in a failover, or its schema is newer than the program, it tries again
/// every second. Where the database has been restored it asks again for the cursor that is stored, and goes on if that
/// one is good. Any other error ends it, and with it the host, unless its service group says otherwise.
public struct JoinEventService: Service {
    private let log: any JoinEventLog
    private let kinds: Set<JoinEvent.Kind>?
    private let logger: Logger
    private let cursor: @Sendable () async throws -> JoinEvent.Cursor
    private let skipped: (@Sendable (JoinEvent.Cursor) async throws -> Void)?
    private let handle: @Sendable (JoinEvent) async throws -> Void

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - log: The store.
    ///   - kinds: The kinds to deal with; nil deals with all.
    ///   - logger: Receives when the log cannot be read, and when it can again.
    ///   - cursor: Finds the cursor that was stored last; 0 is the beginning. One without the id of its log cannot
    ///     tell a restore. The log may be pruned before it + 1.
    ///   - skipped: Stores the cursor when events of other kinds have been read past. Without it these must not be
    ///     removed as long as the stored cursor is before them.
    ///   - handle: Deals with an event and stores its cursor. What it throws ends the service, and "database is
    ///     locked" of a library of the host's is no exception: give that a busy timeout.
    public init(
        _ log: any JoinEventLog,
        kinds: Set<JoinEvent.Kind>? = nil,
        logger: Logger = Logger(label: "livechat-join"),
        after cursor: @escaping @Sendable () async throws -> JoinEvent.Cursor,
        skipped: (@Sendable (JoinEvent.Cursor) async throws -> Void)? = nil,
        handle: @escaping @Sendable (JoinEvent) async throws -> Void
    ) {
        self.log = log
        self.kinds = kinds
        self.logger = logger
        self.cursor = cursor
        self.skipped = skipped
        self.handle = handle
    }

    /// What a database that is away fails with: requests are answered 503 meanwhile, and the next one is not.
    private static let passing: Set<LivechatStoreError.Code> = [.storage, .readOnly, .schemaNewer]

    /// Deals with events until the host shuts down.
    ///
    /// Shut it down gracefully; where its task is cancelled instead, it may end with `CancellationError`.
    ///
    /// - Throws: What the closures throw, and `LivechatStoreError` when the log cannot be read or is another one.
    public func run() async throws {
        var last = try await cursor()
        var isAway = false
        while true {
            do {
                let events = log.eventSequence(after: last, kinds: kinds, skipped: skipped)
                for try await event in events.cancelOnGracefulShutdown() {
                    if isAway { logger.info("the event log is read again") }
                    isAway = false
                    try await handle(event)
                    last = event.cursor
                }
                return
            } catch let error as LivechatStoreError where error.code == .busy {
                // It has waited for the busy timeout already.
            } catch let error as LivechatStoreError where Self.passing.contains(error.code) {
                if !isAway { logger.error("the event log cannot be read", metadata: ["error": "\(error)"]) }
                isAway = true
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
                try Task.checkCancellation()
                if Task.isShuttingDownGracefully { return }
            } catch let error as LivechatStoreError where error.code == .invalidCursor {
                // What was restored with the log, or stored behind skipped events, knows better than what was read here.
                let stored = try await cursor()
                if stored == last { throw error }
                let metadata: Logger.Metadata = ["after": "\(stored)", "error": "\(error)"]
                logger.notice("reading on from the stored cursor", metadata: metadata)
                last = stored
            }
        }
    }
}
#endif
