import LivechatJoin
import LivechatJoinTesting

/// A request that the world of `world()` lets in.
func request(_ query: String? = "roomId=r1", user: String = "u1", token: String = "secret") -> JoinRequest {
    JoinRequest(userIDs: [user], tokens: [token], query: query)
}

/// A world in which u1 serves the open room r1 and may view livechat rooms; u2 may too, but has no way into r1.
func world(clock: SettableClock = SettableClock()) async throws -> InMemoryJoinStore {
    let store = InMemoryJoinStore(clock: clock.wallClock)
    try await store.addPermission("view-l-room")
    try await store.addPermission("view-livechat-rooms")
    try await store.addRole("livechat-agent")
    try await store.grant("view-l-room", to: ["livechat-agent"])
    for (user, token) in [("u1", "secret"), ("u2", "secret2")] {
        let id = LivechatUserID(stringLiteral: user)
        try await store.addUser(LivechatUser(id: id), roles: ["livechat-agent"])
        try await store.addToken(LivechatToken(token), for: id, LivechatTokenRecord(createdAt: clock.now))
    }
    try await store.addRoom(LivechatRoom(id: "r1", servedBy: "u1"))
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

extension InMemoryJoinStore {
    /// Every event so far.
    var joined: [JoinEvent] { get async throws { try await events(after: 0, kinds: [.joined]) } }
}

/// An error of the test's own.
struct Oops: Error, Equatable {}
