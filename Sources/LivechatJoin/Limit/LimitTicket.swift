internal import LivechatValues
internal import Synchronization

/// What one request may take from its client's budgets, however often it is evaluated (contract C10).
final class LimitTicket: Sendable {
    private let limiter: JoinLimiter
    private let client: JoinClient
    private let state = Mutex(State.unused)

    private enum State {
        /// The step has not been asked yet.
        case unused
        /// The user is not limited.
        case exempt
        case charged(RateBudget<JoinClient>.Charge)
    }

    init(_ limiter: JoinLimiter, _ client: JoinClient) {
        self.limiter = limiter
        self.client = client
    }

    /// Answers the step: charges the first time, and says the same again to every later evaluation.
    ///
    /// - Parameters:
    ///   - now: The moment of the decision.
    ///   - isExempt: Whether the user is not limited; asked once.
    /// - Returns: The refusal; nil when the client may go on.
    func refusal(at now: LivechatTimestamp, isExempt: () throws -> Bool) rethrows -> JoinRefusal? {
        guard let budget = limiter.requests else { return nil }
        return try state.withLock { state in
            if case .unused = state {
                state = try isExempt() ? .exempt : .charged(budget.charge(client, at: now))
            }
            guard case .charged(let charge) = state, !charge.isWithin else { return nil }
            return .tooManyRequests(.requests, seconds: charge.standing.secondsLeft(at: now))
        }
    }

    /// Says what is answered, once nothing is evaluated any more.
    ///
    /// A step before the limit that came to decide gives the charge back, and a failed login is charged to a budget of
    /// its own.
    ///
    /// - Returns: The outcome, or that there were too many failed logins; and what is left where the limit applies.
    func settle(
        _ outcome: JoinOutcome,
        in order: DecisionOrder,
        at now: LivechatTimestamp
    ) -> (outcome: JoinOutcome, standing: JoinRateLimit.Standing?) {
        if order.steps.firstIndex(of: outcome.step) ?? 0 < order.steps.firstIndex(of: .limit) ?? 0 { giveBack() }
        if case .refused(.notLoggedIn) = outcome, let charge = limiter.logins?.charge(client, at: now),
            !charge.isWithin
        {
            let refusal = JoinRefusal.tooManyRequests(.logins, seconds: charge.standing.secondsLeft(at: now))
            return (.refused(refusal), charge.standing)
        }
        return (outcome, state.withLock { if case .charged(let charge) = $0 { charge.standing } else { nil } })
    }

    /// Takes the charge back: a step before the limit decided, or the store failed.
    func giveBack() {
        state.withLock { state in
            if case .charged(let charge) = state { limiter.requests?.giveBack(charge, of: client) }
            state = .unused
        }
    }
}

extension JoinRateLimit.Standing {
    /// The whole seconds until the window ends, at least 1.
    package func secondsLeft(at now: LivechatTimestamp) -> Int {
        max(1, Int((reset.milliseconds - now.milliseconds + 999) / 1_000))
    }
}
