#if Observability
internal import CoreMetrics

/// The metrics, by their Prometheus names (contract C16).
///
/// No label is an id.
package enum JoinMetric: String, CaseIterable, Sendable {
    case requests = "livechat_join_requests_total"
    case decision = "livechat_join_decision_seconds"
    case commit = "livechat_join_commit_seconds"
    case commitJoins = "livechat_join_commit_joins"
    case queueLength = "livechat_join_queue_length"
    case storeFailures = "livechat_join_store_failures_total"
    case logBytes = "livechat_join_log_bytes"
    case rateLimited = "livechat_join_rate_limited_total"

    /// What it counts or measures, in a sentence.
    package var help: String {
        switch self {
        case .requests: "Requests to join by the step that decided and the status answered; step none: not decided."
        case .decision: "Time from a request to its decision, without the commit."
        case .commit: "Time from the begin of a write transaction to the end of its sync."
        case .commitJoins: "Joins that share a commit."
        case .queueLength: "Writes that wait for their commit."
        case .storeFailures: "Decisions and joins that failed in the store, by the code of the error."
        case .logBytes: "Size of the write-ahead log."
        case .rateLimited: "Requests answered 429, by the budget that was spent."
        }
    }
}

/// What a service tells of its requests.
final class JoinMetrics: Sendable {
    private let factory: any MetricsFactory
    private let decision: CoreMetrics.Timer
    private let decided: [(step: JoinStep, counter: Counter)]
    private let tooManyLogins: Counter
    private let undecided: Counter
    private let limited: [LimitedBudget: Counter]

    /// Asks the backend that has been bootstrapped for its counters, all of them now: a counter whose first value is
    /// not 0 hides its first increase.
    ///
    /// It is nil where there is no backend.
    init?(_ profile: JoinProfile) {
        let factory = MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        func requests(_ step: String, _ response: JoinResponse) -> Counter {
            let labels = [("step", step), ("status", "\(response.status)")]
            return Counter(label: JoinMetric.requests.rawValue, dimensions: labels, factory: factory)
        }
        self.factory = factory
        decision = CoreMetrics.Timer(label: JoinMetric.decision.rawValue, dimensions: [], factory: factory)
        decided = profile.order.steps.map { step in
            let outcome = step.refusals.first.map(JoinOutcome.refused) ?? .alreadyMember
            return (step, requests(step.rawValue, profile.response(to: outcome)))
        }
        let spent = JoinRefusal.tooManyRequests(.logins, seconds: 1)
        tooManyLogins = requests(spent.step.rawValue, profile.response(to: spent))
        undecided = requests("none", .unavailable)
        let budgets = LimitedBudget.allCases.map { budget in
            let labels = [("budget", budget.rawValue)]
            return (budget, Counter(label: JoinMetric.rateLimited.rawValue, dimensions: labels, factory: factory))
        }
        limited = Dictionary(uniqueKeysWithValues: budgets)
    }

    func took(_ duration: Duration) { decision.recordNanoseconds(duration.nanoseconds) }

    func count(_ outcome: JoinOutcome) {
        if case .refused(let refusal) = outcome { countLimit(refusal) }
        if case .refused(.tooManyRequests(.logins, _)) = outcome { return tooManyLogins.increment() }
        let step = outcome.step
        decided.first { $0.step == step }?.counter.increment()
    }

    /// Counts a refusal if a budget was spent.
    func countLimit(_ refusal: JoinRefusal) {
        if case .tooManyRequests(let budget, _) = refusal { limited[budget]?.increment() }
    }

    func countUndecided() { undecided.increment() }

    func count(_ failure: JoinFailure) {
        guard failure.code == .storeUnavailable else { return }
        let labels = [("code", failure.storeCode)]
        Counter(label: JoinMetric.storeFailures.rawValue, dimensions: labels, factory: factory).increment()
    }
}

/// What a store tells of its writes.
package final class CommitMetrics: Sendable {
    private let commit: CoreMetrics.Timer
    private let joins: Recorder
    private let queue: Meter
    private let log: Meter?

    /// Asks the backend that has been bootstrapped; it is nil where there is none.
    ///
    /// - Parameter hasLog: Whether the write-ahead log is the store's own.
    package init?(hasLog: Bool = true) {
        let factory = MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        commit = CoreMetrics.Timer(label: JoinMetric.commit.rawValue, dimensions: [], factory: factory)
        joins = Recorder(label: JoinMetric.commitJoins.rawValue, dimensions: [], aggregate: true, factory: factory)
        queue = Meter(label: JoinMetric.queueLength.rawValue, dimensions: [], factory: factory)
        log = hasLog ? Meter(label: JoinMetric.logBytes.rawValue, dimensions: [], factory: factory) : nil
    }

    /// A write has come.
    package func queued() { queue.increment() }

    /// Writes have been answered.
    package func answered(_ count: Int) { queue.decrement(by: Double(count)) }

    /// A transaction has committed.
    package func committed(joins count: Int, since begin: ContinuousClock.Instant) {
        commit.recordNanoseconds(begin.duration(to: .now).nanoseconds)
        if count > 0 { joins.record(count) }
    }

    package func logHas(bytes: Int) { log?.set(bytes) }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
#endif
