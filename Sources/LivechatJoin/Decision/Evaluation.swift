internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens
internal import LivechatValues

/// Holds requests against an order: a pure function of the request, the facts and the time.
struct Evaluation: Sendable {
    let order: DecisionOrder
    let clock: LivechatClock
    /// Whether a refusal of access names who serves the room and where its inquiry waits.
    var names = false

    /// Folds over the order: the first step that does not pass decides (contract C3).
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - query: What the request asks about.
    ///   - facts: What the store knows.
    ///   - ticket: What limits the client; nil where there is no limit.
    ///   - asksRules: Whether the embedder's rules are still to be asked.
    /// - Returns: What the first step that does not pass says; the admission when every step passes.
    /// - Throws: What the look-ups throw.
    func decide(
        _ request: JoinRequest,
        _ query: JoinQuery,
        _ facts: any JoinFacts,
        _ ticket: LimitTicket? = nil,
        asksRules: Bool
    ) throws -> JoinVerdict {
        var steps = Steps(request, query, facts, ticket, clock: clock, asksRules: asksRules, names: names)
        var access: RoomAccess?
        for step in order.steps {
            switch try steps.evaluate(step) {
            case .passed(.access(let found)): access = found
            case .passed: continue
            case .refused(let refusal): return .refused(refusal)
            case .pending(let question): return .awaitsRules(question)
            // An order without the step that it needs lets nobody in.
            case .notAsked(let needed): return .refused(needed.refusals.first ?? .noAccess())
            }
        }
        guard let access, let user = query.userID, let room = query.roomID else { return .refused(.noAccess()) }
        return .allowed(JoinAdmission(user: user, room: room, reason: access, at: steps.now()))
    }

    /// What lets a user join a room, if the user is logged in (contract C14).
    ///
    /// The embedder's rules are not asked.
    ///
    /// - Returns: nil when a join would be refused.
    /// - Throws: What the look-ups throw.
    func access(
        of user: LivechatUserID,
        to room: LivechatRoomID,
        _ facts: any JoinFacts
    ) throws -> RoomAccess? {
        let request = JoinRequest(.verified(user), roomID: .value(room))
        let verdict = try decide(request, request.query, facts, asksRules: false)
        if case .allowed(let admission) = verdict { return admission.reason }
        return nil
    }

    /// Folds on past the step that decides, for explaining a decision.
    ///
    /// - Returns: Every step of the order with what it came to.
    /// - Throws: What the look-ups throw.
    func trace(
        _ request: JoinRequest,
        _ query: JoinQuery,
        _ facts: any JoinFacts
    ) throws -> [(step: JoinStep, result: StepResult)] {
        var steps = Steps(request, query, facts, nil, clock: clock, asksRules: false)
        return try order.steps.map { step in (step, try steps.evaluate(step)) }
    }
}
