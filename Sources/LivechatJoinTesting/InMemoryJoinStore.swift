public import LivechatJoin
internal import Synchronization

/// A store for an embedder's tests: everything in memory, nothing on disk, the rules of the real one.
///
/// ```swift
/// let store = InMemoryJoinStore()
/// try store.addRole("livechat-agent", permissions: ["view-l-room"])
/// try store.addUser("u1", roles: ["livechat-agent"], token: "secret")
/// try store.addRoom("r1", servedBy: "u1")
///
/// let service = JoinService(store: store)
/// let outcome = try await service.join(JoinRequest(userID: "u1", token: "secret", roomID: "r1"))
/// // outcome == .joined(.serving), store.joined.count == 1
/// ```
///
/// Every call is one critical section, so calls take effect one after the other, in whatever order threads make
/// them. It begins empty: without the default roles and grants of a real database.
public final class InMemoryJoinStore: JoinStore {
    private struct State: Sendable {
        var world = World()
        var failures = 0
        var failure: any Error = Unavailable()
    }

    /// What a call throws that ``failNextCalls(_:with:)`` makes fail.
    public struct Unavailable: Error, Hashable, Sendable {
        /// Makes the error.
        public init() {}
    }

    let clock: LivechatClock
    private let state = Mutex(State())

    /// Makes an empty store.
    ///
    /// - Parameter clock: Where the creation time of a token comes from when a test names none.
    public init(clock: LivechatClock = .system) { self.clock = clock }

    // MARK: The seam

    /// Evaluates on the state as it is.
    ///
    /// - Throws: What `evaluate` throws, or the error of ``failNextCalls(_:with:)``.
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try state.withLock { state in
            try Self.failIfTold(&state)
            return try evaluate(WorldFacts(world: state.world, query: query))
        }
    }

    /// Evaluates on the state as it is and writes the admission and its event when the verdict allows it.
    ///
    /// - Throws: What `evaluate` throws, or the error of ``failNextCalls(_:with:)``; nothing is written then.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try state.withLock { state in
            try Self.failIfTold(&state)
            let verdict = try evaluate(WorldFacts(world: state.world, query: query))
            if case .allowed(let admission) = verdict, admission.isNew { state.world.write(admission) }
            return verdict
        }
    }

    private static func failIfTold(_ state: inout State) throws {
        guard state.failures > 0 else { return }
        state.failures -= 1
        throw state.failure
    }

    // MARK: Failing

    /// Makes the next calls of a service fail, as when a database is gone: `respond` answers 503.
    ///
    /// - Parameters:
    ///   - count: How many calls fail; a join that is let in makes two, one to decide and one to write, and one more
    ///     when the service has rules. 0 takes an earlier order back.
    ///   - error: What they throw.
    public func failNextCalls(_ count: Int, with error: any Error = Unavailable()) {
        state.withLock { state in
            state.failures = count
            state.failure = error
        }
    }

    // MARK: Reading

    /// The joins that have been written, in order (contract C7).
    public var joined: [JoinedEvent] { read(\.joined) }

    /// The members of a room in the order of their ids; empty for an unknown room.
    public func members(of room: String) -> [LivechatUserID] {
        read { world in
            LivechatRoomID(requested: room).flatMap { world.rooms[$0] }?.members.keys.sorted() ?? []
        }
    }

    private func read<Value: Sendable>(_ value: (World) -> Value) -> Value {
        state.withLock { value($0.world) }
    }

    /// Changes the world; when `body` throws, nothing has changed.
    func change<Failure: Error>(_ body: (inout World) throws(Failure) -> Void) throws(Failure) {
        try state.withLock { state throws(Failure) in
            var changed = state.world
            try body(&changed)
            state.world = changed
        }
    }
}
