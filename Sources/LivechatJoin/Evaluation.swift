internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens

/// Holds requests against an order: a pure function of the request, the facts and the time.
struct Evaluation: Sendable {
    let order: DecisionOrder
    let clock: WallClock

    /// What the steps have found out so far. It is found out when a step first needs it, and once.
    private struct Findings {
        /// Whether the embedder's rules are still to be asked.
        let asksRules: Bool
        var now: Timestamp?
        var room: RoomState?
        /// What the rules are told of it.
        var wholeRoom: Room?
        var access: RoomAccess?
    }

    /// Folds over the order: the first step that does not pass decides (contract C3).
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - facts: What the store knows.
    ///   - asksRules: Whether the embedder's rules are still to be asked.
    func callAsFunction(
        _ request: JoinRequest,
        _ facts: any JoinFacts,
        asksRules: Bool
    ) throws -> JoinVerdict {
        var findings = Findings(asksRules: asksRules)
        for step in order.steps {
            // Where there are no rules to ask, or they have been asked already, their step passes.
            if step == .rules, !asksRules { continue }
            if let verdict = try evaluate(step, request, facts, &findings) { return verdict }
        }
        guard let access = findings.access else { return .refused(.noAccess) }
        return .allowed(access, at: now(&findings))
    }

    /// Carries one step out.
    ///
    /// It is compiled into the loop, since a verdict that may be nil is large to hand from one function to another.
    ///
    /// - Returns: nil when the step passes.
    @inline(__always)
    private func evaluate(
        _ step: Step,
        _ request: JoinRequest,
        _ facts: any JoinFacts,
        _ findings: inout Findings
    ) throws -> JoinVerdict? {
        switch step {
        case .authenticate:
            return try authenticate(request, facts, &findings).map { .refused(.notLoggedIn($0)) }
        case .validate:
            return request.roomFault.map { .refused(.invalidParameters($0)) }
        case .authorize:
            guard let user = request.query.userID else { return .refused(.lacksPermission(.notGranted)) }
            let decision = try facts.permissions(of: user, in: nil).decide(Permission.viewLivechatRoom)
            if case .granted = decision { return nil }
            return .refused(.lacksPermission(decision))
        case .find:
            return try room(request, facts, &findings)?.isLivechat == true ? nil : .refused(.noSuchRoom)
        case .open:
            return try room(request, facts, &findings)?.isOpen == true ? nil : .refused(.roomClosed)
        case .rules:
            return try question(request, facts, &findings).map { .awaitsRules($0) } ?? .refused(.noSuchRoom)
        case .access:
            guard let user = request.query.userID, let room = request.query.roomID else { return .refused(.noAccess) }
            let isOpen = try self.room(request, facts, &findings)?.isOpen == true
            findings.access = try RoomAccess.decide(user, room, isOpen: isOpen, facts)
            return findings.access == nil ? .refused(.noAccess) : nil
        case .join:
            return nil
        }
    }

    private func authenticate(
        _ request: JoinRequest,
        _ facts: any JoinFacts,
        _ findings: inout Findings
    ) throws -> AuthenticationRefusal? {
        guard let user = request.query.userID, let digest = request.query.digest else {
            return request.credentialsRefusal
        }
        guard let login = try facts.login(of: user, with: digest) else { return .unknown }
        return login.refusal(at: now(&findings))
    }

    private func now(_ findings: inout Findings) -> Timestamp {
        let now = findings.now ?? clock.now
        findings.now = now
        return now
    }

    /// - Returns: nil when there is no such room.
    private func room(_ request: JoinRequest, _ facts: any JoinFacts, _ findings: inout Findings) throws -> RoomState? {
        guard findings.room == nil, let room = request.query.roomID else { return findings.room }
        if findings.asksRules { findings.wholeRoom = try facts.room(room) }
        findings.room = try facts.roomState(room)
        return findings.room
    }

    private func question(
        _ request: JoinRequest,
        _ facts: any JoinFacts,
        _ findings: inout Findings
    ) throws -> JoinRule.Question? {
        guard let user = request.query.userID, try room(request, facts, &findings) != nil,
            let room = findings.wholeRoom
        else { return nil }
        return JoinRule.Question(user: user, permissions: try facts.permissions(of: user, in: nil), room: room)
    }
}
