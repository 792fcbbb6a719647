#if PostgreSQL
internal import Dispatch
internal import LivechatJoin
internal import Synchronization

/// One connection and the thread that uses it.
///
/// It connects when it is first used, and again after the connection was lost; a server that cannot be reached is
/// tried after pauses that grow to a second, and meanwhile everybody is refused at once.
final class Line: Sendable {
    private struct State {
        var session: Session?
        var isClosed = false
        /// How many connections were lost or not made: the next begins with another host, since one that does not answer,
        /// or that was deposed, may still say that it takes writes.
        var losses = 0
        /// Why there is no connection, and when to try again.
        var failure: (error: PostgreSQLError, pause: Duration, next: ContinuousClock.Instant)?
    }

    private let address: Address
    private let settings: LineSettings
    private let thread: DispatchQueue
    private let state = Mutex(State())

    private static let longestPause = Duration.seconds(1)

    init(_ address: Address, _ settings: LineSettings) {
        self.address = address
        self.settings = settings
        thread = DispatchQueue(label: "livechat-join.postgresql.\(settings.name)")
    }

    /// Runs work on the line's thread behind what is there already, without waiting for it.
    func start(_ work: @escaping @Sendable () -> Void) { thread.async(execute: work) }

    /// Runs work with the connection, on the line's thread.
    ///
    /// - Throws: What `work` throws, or why there is no connection.
    func run<Result: Sendable>(
        _ work: @escaping @Sendable (Session) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            start { continuation.resume(with: Swift.Result { try self.withSession(work) }) }
        }
    }

    /// Runs work with the connection, on a server that is the primary; only the line's thread calls it.
    func withSession<Result: Sendable>(
        until deadline: ContinuousClock.Instant? = nil,
        _ work: @Sendable (Session) throws -> Result
    ) throws -> Result {
        try state.withLock { state in
            let session = try connected(&state)
            // Connecting took too long for this work: the next has the connection.
            if let deadline, deadline <= .now { throw PostgreSQLError.tooLate }
            do {
                try session.renewLease(until: deadline)
                return try work(session)
            } catch let error as PostgreSQLError {
                // Nothing is kept of a connection whose state is not known.
                if error.endsConnection {
                    state.session = nil
                    state.losses += 1
                }
                throw error
            }
        }
    }

    private func connected(_ state: inout State) throws -> Session {
        if state.isClosed { throw LivechatStoreError.closed(address) }
        if let session = state.session { return session }
        if let failure = state.failure, .now < failure.next { throw failure.error }
        do throws(PostgreSQLError) {
            let session = try settings.open(address, from: state.losses)
            state.session = session
            state.failure = nil
            return session
        } catch {
            let pause = min(Self.longestPause, (state.failure?.pause ?? .milliseconds(25)) * 2)
            state.failure = (error, pause, .now + pause)
            state.losses += 1
            throw error
        }
    }

    /// Closes the connection once what was started has run; nothing can be run any more.
    func close() async {
        await withCheckedContinuation { continuation in
            start {
                self.state.withLock { state in
                    state.session = nil
                    state.isClosed = true
                }
                continuation.resume()
            }
        }
    }
}
#endif
