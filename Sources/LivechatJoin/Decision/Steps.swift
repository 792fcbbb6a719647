internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens
internal import LivechatValues

/// The steps of one request on one set of facts.
///
/// A step knows neither its order nor its neighbours. What several steps ask for is looked up once, when one first
/// needs it.
struct Steps {
    private let request: JoinRequest
    private let query: JoinQuery
    private let facts: any JoinFacts
    private let ticket: LimitTicket?
    private let clock: LivechatClock
    /// Whether the embedder's rules are still to be asked.
    private let asksRules: Bool
    /// Whether a refusal names who serves the room and where its inquiry waits, which costs look-ups.
    private let names: Bool

    private var moment: LivechatTimestamp?
    private var room: RoomFact??

    init(
        _ request: JoinRequest,
        _ query: JoinQuery,
        _ facts: any JoinFacts,
        _ ticket: LimitTicket?,
        clock: LivechatClock,
        asksRules: Bool,
        names: Bool = false
    ) {
        self.request = request
        self.query = query
        self.facts = facts
        self.ticket = ticket
        self.clock = clock
        self.asksRules = asksRules
        self.names = names
    }

    /// Carries one step out.
    ///
    /// - Throws: What the look-ups throw.
    mutating func evaluate(_ step: JoinStep) throws -> StepResult {
        switch step {
        case .authenticate: try authenticate()
        case .limit: try limit()
        case .validate: request.roomID.fault.map { .refused(.invalidParameters($0)) } ?? .passed(.nothing)
        case .authorize: try authorize()
        case .find: try foundRoom()?.isLivechat == true ? .passed(.nothing) : .refused(.noSuchRoom)
        case .open: try open()
        case .rules: try rules()
        case .access: try access()
        case .join: .passed(.nothing)
        }
    }

    /// The moment of the decision; read once.
    mutating func now() -> LivechatTimestamp {
        let now = moment ?? clock.now
        moment = now
        return now
    }

    private mutating func authenticate() throws -> StepResult {
        if case .verified(let user) = request.credentials {
            guard let isActive = try facts.isActive(user) else { return .refused(.notLoggedIn(.noSuchUser)) }
            return isActive ? .passed(.nothing) : .refused(.notLoggedIn(.inactive))
        }
        guard let user = query.userID, let digest = query.digest else {
            return .refused(.notLoggedIn(request.credentials.refusal))
        }
        guard let login = try facts.login(of: user, with: digest) else { return .refused(.notLoggedIn(.unknown)) }
        return login.refusal(at: now()).map { .refused(.notLoggedIn($0)) } ?? .passed(.nothing)
    }

    private mutating func limit() throws -> StepResult {
        guard let ticket else { return .passed(.nothing) }
        guard let user = query.userID else { return .notAsked(needs: .authenticate) }
        let refusal = try ticket.refusal(at: now()) { [facts] in
            try facts.permissions(of: user, in: nil).holds(.bypassRateLimit)
        }
        return refusal.map(StepResult.refused) ?? .passed(.nothing)
    }

    private func authorize() throws -> StepResult {
        guard let user = query.userID else { return .notAsked(needs: .authenticate) }
        let decision = try facts.permissions(of: user, in: nil).decide(.viewLivechatRoom)
        if case .granted = decision { return .passed(.permission(decision)) }
        return .refused(.lacksPermission(decision))
    }

    private mutating func open() throws -> StepResult {
        guard let room = try foundRoom() else { return .notAsked(needs: .find) }
        return room.isOpen ? .passed(.nothing) : .refused(.roomClosed)
    }

    private mutating func rules() throws -> StepResult {
        guard asksRules else { return .passed(.nothing) }
        guard let user = query.userID else { return .notAsked(needs: .authenticate) }
        guard let id = query.roomID, let room = try facts.room(id) else { return .notAsked(needs: .find) }
        return .pending(
            JoinRule.Question(user: user, permissions: try facts.permissions(of: user, in: nil), room: room, at: now())
        )
    }

    private mutating func access() throws -> StepResult {
        guard let user = query.userID else { return .notAsked(needs: .authenticate) }
        guard let id = query.roomID, let room = try foundRoom() else { return .notAsked(needs: .find) }
        let facts = facts
        var queue: QueueFact?
        let access = try AccessRule.first(
            AccessFacts(
                room: room,
                // Roles in a room are its members' (contract C5).
                permissions: { try facts.permissions(of: user, in: room.isMember ? id : nil) },
                queue: {
                    let found = try queue ?? facts.queue(of: id, for: user)
                    queue = found
                    return found
                }
            )
        )
        if let access { return .passed(.access(access)) }
        guard names else { return .refused(.noAccess(AccessFinding(room, queue))) }
        let found = try queue ?? facts.queue(of: id, for: user)
        return .refused(
            .noAccess(
                AccessFinding(
                    room,
                    found,
                    servedBy: try facts.room(id)?.servedBy,
                    department: try facts.departmentOfInquiry(of: id)
                )
            )
        )
    }

    /// - Returns: nil when there is no such room, or the request names none or no user.
    private mutating func foundRoom() throws -> RoomFact? {
        if let room { return room }
        guard let id = query.roomID, let user = query.userID else { return nil }
        let found = try facts.room(id, for: user)
        room = .some(found)
        return found
    }
}
