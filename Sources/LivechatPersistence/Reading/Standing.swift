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
    init(_ standing: Standing, _ grants: GrantSnapshot, withRestrictions: Bool = true) throws(SQLiteError) {
        isActive = standing.isActive
        roles = try Lookups.ids(of: standing.roles, grants)
        memberRoles = try Lookups.ids(of: standing.memberRoles, grants)
        room = standing.room
        queue = standing.queue
        self.grants = withRestrictions ? grants.table : GrantTable(roles: grants.table.roles)
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

    /// The most roles that are tried out.
    private static var mostRoles: Int { 100 }

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

    /// Finds a set of roles: a user without any other tie to the room has an answer only with one of them.
    ///
    /// Restrictions left aside, more roles take no answer away. So of the largest set without one, which is found by
    /// trying, everybody with an answer has a role that is not in it.
    ///
    /// - Returns: nil when there are too many roles to try, or nobody needs one.
    func helpfulRoles(_ id: ID, _ stranger: Standing) throws -> [Int64]? {
        guard grants.roleIDs.count <= Self.mostRoles else { return nil }
        func count(_ role: LivechatRoleID) -> Int { grants.table.roles.values.count { $0.contains(role) } }
        // The role that is granted least is the one that most users have.
        let roles = grants.roleIDs.map { (key: $0.key, grants: count($0.value)) }.sorted { $0.grants < $1.grants }
        func hasAnswer(_ roles: [Int64]) throws -> Bool {
            try [true, false].contains { isActive in
                var standing = stranger
                (standing.isActive, standing.roles) = (isActive, roles)
                return try judge(id, StandingFacts(standing, grants, withRestrictions: false)) != nil
            }
        }
        var (useless, helpful): ([Int64], [Int64]) = ([], [])
        if try hasAnswer([]) { return nil }
        for role in roles.map(\.key) {
            if try hasAnswer(useless + [role]) { helpful.append(role) } else { useless.append(role) }
        }
        return helpful
    }

    /// Whether the user has an answer in some room that the user stands to in one way alone; nil is in no way.
    ///
    /// The roles of a member are not among what is tried: a member has an answer without them, or none.
    func hasAnswer(_ id: ID, to person: Standing, previewsQueue: Bool, _ tie: Tie?) throws -> Bool {
        for kind in [LivechatRoom.livechatKind, ""] {
            for (isOpen, isAgent) in [(true, true), (true, false), (false, true), (false, false)] {
                var standing = person
                standing.room = RoomFact(
                    kind: kind,
                    isOpen: isOpen,
                    isMember: tie == .member,
                    isServing: tie == .serving,
                    previewsQueue: previewsQueue
                )
                standing.queue = QueueFact(isDepartmentAgent: isAgent, inquiry: tie?.inquiry)
                if try judge(id, StandingFacts(standing, grants)) != nil { return true }
            }
        }
        return false
    }
}

/// One way in which a user stands to a room.
enum Tie: CaseIterable {
    case member, serving
    /// Its inquiry waits for the user, for everybody, or for others.
    case ownQueue, publicQueue, othersQueue

    fileprivate var inquiry: QueueFact.Inquiry? {
        let queued = QueueFact.Inquiry.queued
        return switch self {
        case .member, .serving: nil
        case .ownQueue:
            QueueFact.Inquiry(status: queued, isForUser: true, department: .init(isEnabled: true, hasUser: true))
        case .publicQueue: QueueFact.Inquiry(status: queued)
        case .othersQueue: QueueFact.Inquiry(status: queued, department: .init(isEnabled: true, hasUser: false))
        }
    }
}
