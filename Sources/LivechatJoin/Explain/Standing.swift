package import LivechatPermissions
package import LivechatRooms
internal import LivechatTokens
internal import LivechatValues

/// How a user stands to a room: all that a decision can ask about the two.
package struct Standing: Hashable, Sendable {
    /// nil where there is no such user.
    package var isActive: Bool?
    /// The keys of the roles that count everywhere.
    package var roles: [Int64] = []
    /// The keys of the roles that count in the room.
    package var memberRoles: [Int64] = []
    /// nil where there is no such room.
    package var room: RoomFact?
    package var queue = QueueFact()

    package init() {}

    /// A user has a role that does not exist, which may be a restricted one.
    package struct DanglingRole: Error {}
}

/// One standing as the decision sees it.
private struct StandingFacts: LoginTokenLookup, PermissionLookup, RoomLookup {
    let isActive: Bool?
    let roles: [LivechatRoleID]
    let memberRoles: [LivechatRoleID]
    let room: RoomFact?
    let queue: QueueFact
    let grants: GrantTable

    init(
        _ standing: Standing,
        _ grants: GrantSnapshot,
        withRestrictions: Bool = true
    ) throws(Standing.DanglingRole) {
        guard let roles = grants.ids(of: standing.roles), let memberRoles = grants.ids(of: standing.memberRoles) else {
            throw Standing.DanglingRole()
        }
        isActive = standing.isActive
        self.roles = roles
        self.memberRoles = memberRoles
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
package struct Judge<ID, Answer> {
    /// Gives an answer, or nil; users with the same facts have the same answer.
    package typealias Opinion = (ID, any JoinFacts) throws -> Answer?

    private let grants: GrantSnapshot
    private var answers: [Standing: Answer?] = [:]

    /// The most standings that are remembered.
    private static var capacity: Int { 4_096 }

    /// The most roles that are tried out.
    private static var mostRoles: Int { 100 }

    package init(_ grants: GrantSnapshot) { self.grants = grants }

    /// What is said of one standing.
    ///
    /// - Throws: `Standing.DanglingRole`, or what judging throws.
    package mutating func answer(_ id: ID, _ standing: Standing, _ judge: Opinion) throws -> Answer? {
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
    package func helpfulRoles(_ id: ID, _ stranger: Standing, _ judge: Opinion) throws -> [Int64]? {
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
    package func hasAnswer(
        _ id: ID,
        to person: Standing,
        previewsQueue: Bool,
        _ tie: Tie?,
        _ judge: Opinion
    ) throws -> Bool {
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

extension Judge where ID == LivechatUserID, Answer == Bool {
    /// The users who may join rooms at all: they are active and hold `view-l-room`.
    package static func mayJoinRooms(_ user: LivechatUserID, _ facts: any JoinFacts) throws -> Bool? {
        guard try facts.isActive(user) == true else { return nil }
        return try facts.permissions(of: user, in: nil).holds(.viewLivechatRoom) ? true : nil
    }
}

/// One way in which a user stands to a room.
package enum Tie: CaseIterable, Sendable {
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
