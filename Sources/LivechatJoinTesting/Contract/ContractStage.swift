internal import LivechatJoin
internal import Synchronization

/// One furnished store, and what a case finds wrong with it.
final class ContractStage: Sendable {
    /// The store, to change it and to look at it.
    let store: any JoinStoreContract.Store
    /// The store as the service uses it.
    let seam: any JoinStore
    let clock = JoinStoreContract.clock()
    private let name: String
    private let found = Mutex<[JoinStoreContract.Violation]>([])

    init(_ name: String, _ store: any JoinStoreContract.Store, _ seam: any JoinStore) {
        self.name = name
        self.store = store
        self.seam = seam
    }

    var violations: [JoinStoreContract.Violation] { found.withLock { $0 } }

    /// Takes note where something is not as it must be.
    func expect<Value: Equatable>(_ subject: String, _ value: Value, _ expected: Value) {
        guard value != expected else { return }
        found.withLock {
            $0.append(.init(name: name, subject: subject, expected: "\(expected)", found: "\(value)"))
        }
    }

    // MARK: Asking

    func service(
        _ store: (any JoinStore)? = nil,
        _ profile: JoinProfile = .documented,
        rules: [JoinRule] = []
    ) -> JoinService {
        JoinService(store: store ?? seam, profile: profile, rules: rules, clock: clock.wallClock)
    }

    func join(_ user: String, _ room: String, through store: (any JoinStore)? = nil) async throws -> JoinOutcome {
        try await service(store).join(JoinStoreContract.request(user, room))
    }

    /// Decides, and joins nobody.
    func ask(_ user: String, _ room: String) async throws -> JoinOutcome {
        try await join(user, room, through: DryRunStore(seam))
    }

    // MARK: Looking

    func expectMembers(_ users: [LivechatUserID], of room: LivechatRoomID) async throws {
        let members = try await store.members(of: room).map(\.user)
        let count = try await store.room(room)?.membersCount
        expect("the members of \(room)", members, users)
        expect("the member count of \(room)", count ?? 0, users.count)
    }

    func expectEvents(_ expected: [(user: LivechatUserID, room: LivechatRoomID)]) async throws {
        let joins = try await store.events(after: 0, kinds: [.joined])
        expect("the users of the joins in the log", joins.map(\.userID), expected.map(\.user))
        expect("the rooms of the joins in the log", joins.map(\.roomID), expected.map(\.room))
        let sequences = try await store.events(after: 0).map(\.sequence)
        expect("the sequence of the events", sequences, sequences.indices.map { Int64($0 + 1) })
    }

    func expectNothingWritten(butEvents events: [(user: LivechatUserID, room: LivechatRoomID)] = []) async throws {
        try await expectEvents(events)
        for room in JoinStoreContract.rooms { try await expectMembers(room == "joined" ? ["agent"] : [], of: room) }
    }
}
