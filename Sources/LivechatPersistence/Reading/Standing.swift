internal import LivechatJoin
internal import LivechatSQLite

/// How a user stands to a room: all that a decision can ask about the two.
struct Standing: Hashable {
    /// nil where there is no such user.
    var isActive: Bool?
    /// The keys of the roles that count everywhere.
    var roles: [Int64] = []
    /// The keys of the roles that count in the room.
    var memberRoles: [Int64] = []
    /// nil where there is no such room.
    var room: RoomFact?
    var queue = QueueFact()
}

/// One standing as the decision sees it.
struct StandingFacts: LoginTokenLookup, PermissionLookup, RoomLookup {
    let isActive: Bool?
    let roles: [LivechatRoleID]
    let memberRoles: [LivechatRoleID]
    let room: RoomFact?
    let queue: QueueFact
    let grants: GrantTable

    /// - Throws: `SQLiteError` when one of the roles does not exist: the role that is gone may be a restricted one.
    init(_ standing: Standing, _ grants: GrantSnapshot) throws(SQLiteError) {
        isActive = standing.isActive
        roles = try Lookups.ids(of: standing.roles, grants)
        memberRoles = try Lookups.ids(of: standing.memberRoles, grants)
        room = standing.room
        queue = standing.queue
        self.grants = grants.table
    }

    /// Whether somebody is logged in is not asked.
    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) -> LoginRecord? { nil }

    func isActive(_ user: LivechatUserID) -> Bool? { isActive }

    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) -> EffectivePermissions {
        EffectivePermissions(roles: room == nil ? roles : roles + memberRoles, grants: grants)
    }

    func room(_ room: LivechatRoomID, for user: LivechatUserID) -> RoomFact? { self.room }

    func queue(of room: LivechatRoomID, for user: LivechatUserID) -> QueueFact { queue }

    /// The embedder's rules are not asked.
    func room(_ room: LivechatRoomID) -> LivechatRoom? { nil }
}

/// Judges standings, each once: thousands of users stand to a room in a handful of ways.
struct Judge<ID, Answer> {
    private let grants: GrantSnapshot
    private let judge: (ID, any JoinFacts) throws -> Answer?
    private var answers: [Standing: Answer?] = [:]

    /// The most standings that are remembered.
    private static var capacity: Int { 4_096 }

    init(_ grants: GrantSnapshot, _ judge: @escaping (ID, any JoinFacts) throws -> Answer?) {
        self.grants = grants
        self.judge = judge
    }

    mutating func answer(_ id: ID, _ standing: Standing) throws -> Answer? {
        if let known = answers[standing] { return known }
        let answer = try judge(id, StandingFacts(standing, grants))
        if answers.count == Self.capacity { answers.removeAll(keepingCapacity: true) }
        answers[standing] = .some(answer)
        return answer
    }
}
