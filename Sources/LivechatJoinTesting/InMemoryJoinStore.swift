public import LivechatJoin
internal import Synchronization

/// A store for an embedder's tests: everything in memory, nothing on disk, the rules of the real one.
///
/// ```swift
/// let store = InMemoryJoinStore()
/// try await store.loadDefaultGrants()
/// try await store.addUser("u1", roles: ["livechat-agent"])
/// try await store.addRoom(LivechatRoom(id: "r1", servedBy: "u1"))
/// let token = try await store.issueToken(for: "u1").reveal()
///
/// let service = JoinService(store: store)
/// let outcome = try await service.join(JoinRequest(userID: "u1", token: token, roomID: "r1"))
/// // outcome == .joined(.serving), and store.events(after: 0, kinds: [.joined]) has one event
/// ```
///
/// Every call is one critical section, so calls take effect one after the other, in whatever order threads make
/// them. It begins empty: the default roles and grants of a real database come with ``loadDefaultGrants()``.
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

    /// Where the time of administration comes from.
    public let clock: LivechatClock
    private let state = Mutex(State())

    /// Makes an empty store.
    ///
    /// - Parameter clock: Where the time of administration comes from.
    public init(clock: LivechatClock = .system) { self.clock = clock }

    // MARK: The seam

    /// Nobody waits for memory.
    public var decidesAtOnce: Bool { true }

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
            if case .allowed(let admission) = verdict, admission.isNew { try state.world.write(admission) }
            return verdict
        }
    }

    private static func failIfTold(_ state: inout State) throws {
        guard state.failures > 0 else { return }
        state.failures -= 1
        throw state.failure
    }

    /// Makes the next calls of a service fail, as when a database is gone: `respond` answers 503.
    ///
    /// ```swift
    /// store.failNextCalls(1)
    /// let response = await service.respond(headerFields: fields, query: "roomId=r1")
    /// ```
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

    // MARK: The world

    /// The world, for a service that explains or lists.
    func asked() throws(LivechatStoreError) -> World {
        do {
            return try state.withLock { state in
                try Self.failIfTold(&state)
                return state.world
            }
        } catch {
            throw error as? LivechatStoreError ?? LivechatStoreError(.storage, "\(error)")
        }
    }

    func read<Value: Sendable>(_ value: (World) -> Value) -> Value { state.withLock { value($0.world) } }

    /// Changes the world; when `body` throws, nothing has changed.
    func change<Result: Sendable, Failure: Error>(
        _ body: (inout World) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { state throws(Failure) in
            var changed = state.world
            (changed.now, changed.by) = (clock.now.writable, JoinActor.current)
            let result = try body(&changed)
            state.world = changed
            return result
        }
    }
}

extension InMemoryJoinStore: JoinLookups, JoinEventLog {
    /// Finds a user.
    public func user(_ id: LivechatUserID) async throws(LivechatStoreError) -> LivechatUser? {
        read { world in world.users[id]?.user }
    }

    /// Finds the users who have a name.
    public func users(named username: String) async throws(LivechatStoreError) -> [LivechatUser] {
        read { world in
            // Swift takes two compositions of one accent for equal.
            world.users.values.map(\.user).filter { $0.username?.utf8.elementsEqual(username.utf8) == true }
                .sorted { $0.id < $1.id }
        }
    }

    /// Finds a livechat room.
    public func room(_ id: LivechatRoomID) async throws(LivechatStoreError) -> LivechatRoom? {
        read { world in world.room(id) }
    }

    /// Whether a user is a member of a room.
    public func isMember(_ user: LivechatUserID, of room: LivechatRoomID) async throws(LivechatStoreError) -> Bool {
        read { world in world.rooms[room]?.members[user] != nil }
    }

    /// Lists the roles of a user that count everywhere.
    public func roles(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatRoleID] {
        read { world in world.users[user]?.roles.sorted() ?? [] }
    }

    /// Lists the tokens of a user.
    public func tokens(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatStoredToken] {
        read { world in
            (world.users[user]?.tokens ?? [:]).map { LivechatStoredToken(digest: $0.key, record: $0.value) }
                .sorted { $0.digest.base64 < $1.digest.base64 }
        }
    }

    /// Reads the event log from a cursor on.
    public func eventPage(
        after cursor: JoinEvent.Cursor,
        limit: Int,
        kinds: Set<JoinEvent.Kind>?
    ) async throws(LivechatStoreError) -> JoinEventPage {
        let (world, limit) = (read { world in world }, max(1, limit))
        try world.eventLog.require(cursor)
        let events = world.events.lazy.filter { event in
            event.sequence > cursor.sequence && kinds?.contains(event.kind) != false
        }
        return JoinEventPage(Array(events.prefix(limit)), limit: limit, end: world.eventLog.end)
    }
}
