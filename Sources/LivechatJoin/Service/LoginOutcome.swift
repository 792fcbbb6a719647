public import LivechatPermissions
public import LivechatTokens
internal import Logging

/// What came of asking who a client is, and whether it holds a permission.
public enum LoginOutcome: Hashable, Sendable {
    /// The client is this user, and holds what was asked for.
    case loggedIn(LivechatUserID)
    /// It is not, or does not; `JoinProfile.response(to:)` has the bytes to answer.
    case refused(JoinRefusal)
}

extension JoinService {
    /// Asks who a client is, for the host's other endpoints (contract C4).
    ///
    /// ```swift
    /// switch try await service.authenticate(JoinCredentials(userID: "ann", token: token)) {
    /// case .loggedIn(let user): print("hello", user)
    /// case .refused(let refusal): print(service.profile.response(to: refusal))  // 401
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - credentials: Who it says it is.
    ///   - client: Where the request came from, whose failed logins are counted; nil where they are not limited.
    ///   - id: What stands in every line that is logged about the request, if anything.
    /// - Returns: The user, or the refusal.
    /// - Throws: ``JoinFailure`` when the store cannot be read.
    public func authenticate(
        _ credentials: JoinCredentials,
        from client: JoinClient? = nil,
        id: String? = nil
    ) async throws(JoinFailure) -> LoginOutcome {
        try await answer(credentials, nil, from: client, id: id).outcome
    }

    /// Asks who a client is and whether it holds a permission, on one snapshot (contract C4, C5).
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - credentials: Who it says it is.
    ///   - room: The room that the check names; nil leaves room-scoped roles out.
    ///   - client: Where the request came from, whose failed logins are counted; nil where they are not limited.
    ///   - id: What stands in every line that is logged about the request, if anything.
    /// - Returns: The user, or the refusal: 401 or 403 in the bytes of the profile.
    /// - Throws: ``JoinFailure`` when the store cannot be read.
    public func require(
        _ permission: LivechatPermissionID,
        of credentials: JoinCredentials,
        in room: LivechatRoomID? = nil,
        from client: JoinClient? = nil,
        id: String? = nil
    ) async throws(JoinFailure) -> LoginOutcome {
        try await answer(credentials, permission, in: room, from: client, id: id).outcome
    }

    /// Asks who a client is, and for a permission where there is one, and says what is left of the client's budget.
    package func answer(
        _ credentials: JoinCredentials,
        _ permission: LivechatPermissionID?,
        in room: LivechatRoomID? = nil,
        from client: JoinClient?,
        id: String?
    ) async throws(JoinFailure) -> (outcome: LoginOutcome, standing: JoinRateLimit.Standing?) {
        let request = JoinRequest(credentials, roomID: room.map(SentValue.value) ?? .missing)
        var outcome: LoginOutcome
        do {
            var query = request.query
            query.purposes = .roomRoles
            outcome = try await store.decide(query) { [evaluation, query] facts in
                try evaluation.login(request, query, facts, requiring: permission)
            }
        } catch {
            // A login that failed is another thing than one that is refused.
            let message: Logger.Message = permission == nil ? "login check failed" : "permission check failed"
            throw failure(of: error, message, request, from: client, id: id)
        }
        guard case .refused(let refusal) = outcome else { return (outcome, nil) }
        var refused = JoinOutcome.refused(refusal)
        var standing: JoinRateLimit.Standing?
        if let ticket = client.flatMap({ client in limiter?.ticket(for: client) }) {
            (refused, standing) = ticket.settle(refused, in: profile.order, at: evaluation.clock.now)
            if case .refused(let refusal) = refused {
                outcome = .refused(refusal)
                observer?.metrics?.countLimit(refusal)
            }
        }
        log(refused, of: request, from: client, id: id, "permission refused")
        return (outcome, standing)
    }
}

extension Evaluation {
    /// The first step alone, and a permission.
    fileprivate func login(
        _ request: JoinRequest,
        _ query: JoinQuery,
        _ facts: any JoinFacts,
        requiring permission: LivechatPermissionID?
    ) throws -> LoginOutcome {
        var steps = Steps(request, query, facts, nil, clock: clock, asksRules: false)
        if case .refused(let refusal) = try steps.evaluate(.authenticate) { return .refused(refusal) }
        guard let user = query.userID else { return .refused(.notLoggedIn(.malformed)) }
        guard let permission else { return .loggedIn(user) }
        let decision = try facts.permissions(of: user, in: query.roomID).decide(permission)
        if case .granted = decision { return .loggedIn(user) }
        return .refused(.lacksPermission(decision, of: permission))
    }
}
