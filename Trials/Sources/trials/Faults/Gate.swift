import Dispatch
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Synchronization

/// Holds the writer until everybody has come, so that they share a commit.
final class Gate: Sendable {
    private let count: Int
    private let come = Mutex<Set<String>>([])
    private let opening = DispatchSemaphore(value: 0)
    private let held: AsyncStream<Void>
    private let hold: AsyncStream<Void>.Continuation

    init(count: Int) {
        self.count = count
        (held, hold) = AsyncStream.makeStream(of: Void.self)
    }

    /// Keeps the writer's thread busy; it has to begin while nothing fails.
    func hold(_ database: JoinDatabase) async throws {
        _ = try await database.admit(JoinQuery(userID: nil)) { _ in
            self.hold.yield()
            self.opening.wait()
            return .refused(.noAccess())
        }
    }

    /// Returns once the writer is held.
    func isHeld() async { for await _ in held { break } }

    /// Says that somebody has come, or has given up.
    func come(_ name: String) {
        let isLast = come.withLock { come in come.insert(name).inserted && come.count == count }
        if isLast { opening.signal() }
    }

    /// Tells the gate of everybody who is about to write.
    func around(_ store: any JoinStore) -> any JoinStore {
        InterposedJoinStore(store) { query in if let user = query.userID { self.come(user.string) } }
    }
}
