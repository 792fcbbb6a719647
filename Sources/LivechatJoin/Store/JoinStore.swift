public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
internal import LivechatValues

/// Everything that the decision can ask for.
///
/// The look-ups are lazy: a refusal at one step never pays for the next. Only where there are rules of the embedder's
/// own is a room read whole to begin with.
public typealias JoinFacts = LoginTokenLookup & PermissionLookup & RoomLookup

/// The whole of what one decision will ask about, for stores that fetch everything in one round trip.
public struct JoinQuery: Sendable {
    /// The user who is asking, if one can be meant.
    public let userID: LivechatUserID?
    /// The digest of the token, if one was given.
    public let digest: LivechatTokenDigest?
    /// The room asked for, if one can be meant.
    public let roomID: LivechatRoomID?
    /// What may be asked beside what every join asks.
    public var purposes: Purposes

    /// What not every evaluation asks, and costs a store that fetches everything at once.
    ///
    /// ```swift
    /// let purposes: JoinQuery.Purposes = [.roomRoles]
    /// let query = JoinQuery(userID: "ann", roomID: "r1", purposes: purposes)
    /// ```
    public struct Purposes: OptionSet, Hashable, Sendable {
        /// The bits of the purposes.
        public let rawValue: Int

        /// Takes the bits of purposes.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The room with its member count and with names, which rules of a host's and logs see.
        public static let wholeRoom = Purposes(rawValue: 1)
        /// The roles that the user has in the room, which count in a check that names it (contract C5).
        public static let roomRoles = Purposes(rawValue: 2)
        /// Whether the user is an agent of the room's department, which a closed room asks (contract C6).
        public static let closedRoom = Purposes(rawValue: 4)
        /// Everything.
        public static let all: Purposes = [.wholeRoom, .roomRoles, .closedRoom]
    }

    /// Describes a query.
    public init(
        userID: LivechatUserID?,
        digest: LivechatTokenDigest? = nil,
        roomID: LivechatRoomID? = nil,
        purposes: Purposes = .all
    ) {
        self.userID = userID
        self.digest = digest
        self.roomID = roomID
        self.purposes = purposes
    }
}

/// Where the state lives: the seam for databases.
public protocol JoinStore: Sendable {
    /// Whether `decide` comes back without waiting for anything as a rule, so that a server may call it on its event
    /// loop. False by default: a store behind a network waits.
    var decidesAtOnce: Bool { get }

    /// Evaluates on one consistent snapshot of the newest committed state.
    ///
    /// - Parameters:
    ///   - query: What the evaluation can ask about; other users, tokens and rooms are unknown to `evaluate`.
    ///   - evaluate: The evaluation; it does not wait, and it must not keep the facts.
    /// - Returns: What `evaluate` returns.
    /// - Throws: When the store cannot be read.
    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result

    /// Evaluates inside the transaction that writes, and writes what is decided there (contract C7).
    ///
    /// When the verdict allows a ``JoinAdmission`` that is new, the membership, the room's count and a `joined` event
    /// are committed together before this returns; otherwise nothing is written.
    ///
    /// - Parameters:
    ///   - query: What the evaluation can ask about; it names a user and a room.
    ///   - evaluate: The evaluation; it may run more than once, and only the last verdict counts.
    /// - Returns: The verdict that held when the membership committed.
    /// - Throws: When the store cannot be written; nothing is written then.
    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict

    /// Decides, and joins where the verdict allows a user who is not a member.
    ///
    /// By default this is `decide` and, where there is something to write, `admit` with the same evaluation. A store
    /// behind a network can do both at once.
    ///
    /// - Parameters:
    ///   - query: What the evaluation can ask about.
    ///   - evaluate: The evaluation; it may run more than once, and only the last verdict counts.
    /// - Returns: The verdict that counts.
    /// - Throws: When the store cannot be read or written; nothing is written then.
    func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict
}

extension JoinStore {
    /// A store is taken to wait, unless it says otherwise.
    public var decidesAtOnce: Bool { false }

    /// Decides on a snapshot, and once more in the transaction that writes where there is something to write.
    public func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        let verdict = try await decide(query, evaluate)
        guard case .allowed(let admission) = verdict, admission.isNew else { return verdict }
        return try await admit(query, evaluate)
    }
}

/// A store with all that a backend calls: decisions, changes, look-ups and events.
///
/// `JoinDatabase` and `InMemoryJoinStore` are such stores. A backend that is written against it runs in a test without a
/// database:
///
/// ```swift
/// func closeAll(in store: any LivechatStore) async throws {
///     for try await room in LivechatList({ try await store.rooms($0) }) { try await store.closeRoom(room.id) }
/// }
/// ```
public typealias LivechatStore = JoinStore & JoinAdministration & JoinLookups & JoinEventLog

/// What the steps came to on one set of facts.
public enum JoinVerdict: Sendable {
    /// A step refused.
    case refused(JoinRefusal)
    /// The embedder's rules are to be asked before the steps can go on.
    case awaitsRules(JoinRule.Question)
    /// No step refused.
    case allowed(JoinAdmission)
}
