import LivechatJoin
import LivechatJoinTesting

/// A request that the world of `world()` lets in.
func request(_ query: String? = "roomId=r1", user: String = "u1", token: String = "secret") -> JoinRequest {
    JoinRequest(userIDs: [user], tokens: [token], query: query)
}

/// A world in which u1 serves the open room r1 and may view livechat rooms; u2 may too, but has no way into r1.
func world(clock: SettableClock = SettableClock()) throws -> InMemoryJoinStore {
    let store = InMemoryJoinStore(clock: clock.wallClock)
    try store.addRole("livechat-agent", permissions: ["view-l-room"])
    try store.addUser("u1", roles: ["livechat-agent"], token: "secret")
    try store.addUser("u2", roles: ["livechat-agent"], token: "secret2")
    try store.addRoom("r1", servedBy: "u1")
    return store
}

/// A service over a store with a clock that stands still.
func service(
    _ store: any JoinStore,
    profile: JoinProfile = .documented,
    rules: [JoinRule] = [],
    clock: SettableClock = SettableClock(),
    onOutcome: (@Sendable (JoinRequest, JoinOutcome) -> Void)? = nil
) -> JoinService {
    JoinService(store: store, profile: profile, rules: rules, clock: clock.wallClock, onOutcome: onOutcome)
}

/// A store to which something happens between the first evaluation and the one that writes.
struct MeddlingStore: JoinStore {
    let store: InMemoryJoinStore
    let meddle: @Sendable (InMemoryJoinStore) throws -> Void

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await store.decide(query, evaluate)
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try meddle(store)
        return try await store.admit(query, evaluate)
    }
}

/// A store that lets nobody write before a number of requests have been decided.
struct GatheringStore: JoinStore {
    let store: InMemoryJoinStore
    let gate: Gate

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await store.decide(query, evaluate)
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        await gate.pass()
        return try await store.admit(query, evaluate)
    }
}

/// Opens when a number of tasks stand before it.
actor Gate {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { missing = count }

    func pass() async {
        missing -= 1
        guard missing <= 0 else {
            await withCheckedContinuation { waiting.append($0) }
            return
        }
        for task in waiting { task.resume() }
        waiting = []
    }
}

/// An error of the test's own.
struct Oops: Error, Equatable {}
