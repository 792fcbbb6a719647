internal import LivechatPermissions
internal import LivechatRooms
internal import LivechatTokens

/// One request held against an order: a pure function of the request, the facts and the time.
struct Evaluation: Sendable {
    let order: DecisionOrder
    let request: JoinRequest
    let clock: WallClock
    /// Whether the embedder's rules are still to be asked.
    var asksRules: Bool

    /// Folds over the order: the first step that does not pass decides (contract C3).
    func callAsFunction(_ facts: any JoinFacts) throws -> JoinVerdict {
        let now = clock.now
        var access: RoomAccess?
        for step in order.steps {
            if let verdict = try evaluate(step, facts, now, &access) { return verdict }
        }
        guard let access else { return .refused(.noAccess) }
        return .allowed(access, at: now)
    }

    /// Carries one step out.
    ///
    /// - Returns: nil when the step passes.
    private func evaluate(
        _ step: Step,
        _ facts: any JoinFacts,
        _ now: Timestamp,
        _ access: inout RoomAccess?
    ) throws -> JoinVerdict? {
        switch step {
        case .authenticate:
            return try authenticate(facts, now).map { .refused(.notLoggedIn($0)) }
        case .validate:
            return request.roomFault.map { .refused(.invalidParameters($0)) }
        case .authorize:
            guard let user = request.query.userID else { return .refused(.lacksPermission(.notGranted)) }
            let decision = try facts.permissions(of: user, in: nil).decide(Permission.viewLivechatRoom)
            if case .granted = decision { return nil }
            return .refused(.lacksPermission(decision))
        case .find:
            guard let room = request.query.roomID, try facts.roomState(room)?.isLivechat == true else {
                return .refused(.noSuchRoom)
            }
            return nil
        case .open:
            guard let room = request.query.roomID, try facts.roomState(room)?.isOpen == true else {
                return .refused(.roomClosed)
            }
            return nil
        case .rules:
            guard asksRules else { return nil }
            return try question(facts).map { .awaitsRules($0) } ?? .refused(.noSuchRoom)
        case .access:
            guard let user = request.query.userID, let room = request.query.roomID else { return .refused(.noAccess) }
            let isOpen = try facts.roomState(room)?.isOpen == true
            access = try RoomAccess.decide(user, room, isOpen: isOpen, facts)
            return access == nil ? .refused(.noAccess) : nil
        case .join:
            return nil
        }
    }

    private func authenticate(_ facts: any JoinFacts, _ now: Timestamp) throws -> AuthenticationRefusal? {
        guard let user = request.query.userID, let digest = request.query.digest else {
            return request.credentialsRefusal
        }
        guard let login = try facts.login(of: user, with: digest) else { return .unknown }
        return login.refusal(at: now)
    }

    private func question(_ facts: any JoinFacts) throws -> JoinRule.Question? {
        guard let user = request.query.userID, let roomID = request.query.roomID, let room = try facts.room(roomID)
        else {
            return nil
        }
        return JoinRule.Question(user: user, permissions: try facts.permissions(of: user, in: nil), room: room)
    }
}
