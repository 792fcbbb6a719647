#if Observability
internal import Synchronization
internal import Tracing

/// Follows one request through its decision and its commit, for the metrics and the spans of both.
final class RequestWatch: Sendable {
    private enum State {
        case deciding((any Span)?)
        /// The second look, the write and the sync.
        case committing((any Span)?)
        case done
    }

    private let metrics: JoinMetrics?
    private let tracer: (any Tracer)?
    private let begin: ContinuousClock.Instant
    private let state: Mutex<State>

    init(_ metrics: JoinMetrics?, _ tracer: (any Tracer)?) {
        self.metrics = metrics
        self.tracer = tracer
        state = Mutex(.deciding(tracer?.startAnySpan("livechat_join.decision")))
        begin = .now
    }

    /// The steps came to something.
    ///
    /// The first time it is the decision, unless the host's rules are still to be asked.
    func decided(_ verdict: JoinVerdict) {
        state.withLock { state in
            guard case .deciding(let span) = state else { return }
            if case .awaitsRules = verdict { return }
            metrics?.took(begin.duration(to: .now))
            span?.end()
            state = .done
            guard let tracer, case .allowed(let admission) = verdict, admission.isNew else { return }
            state = .committing(tracer.startAnySpan("livechat_join.commit"))
        }
    }

    /// The request has its answer.
    ///
    /// - Parameter failure: Why it could not be decided, if so.
    func end(_ failure: JoinFailure? = nil) {
        state.withLock { state in
            defer { state = .done }
            let span: (any Span)?
            switch state {
            case .deciding(let open):
                span = open
                // One of the host's rules has decided.
                if failure == nil { metrics?.took(begin.duration(to: .now)) }
            case .committing(let open): span = open
            case .done: return
            }
            if let failure {
                span?.attributes["error.type"] = failure.storeCode
                span?.setStatus(SpanStatus(code: .error))
            }
            span?.end()
        }
    }
}

/// The backends that a service found when it was made.
struct ServiceObserver: Sendable {
    let metrics: JoinMetrics?
    private let tracer: (any Tracer)?

    /// It is nil where the host has bootstrapped none.
    init?(_ profile: JoinProfile) {
        let tracer = InstrumentationSystem.tracer
        metrics = JoinMetrics(profile)
        self.tracer = tracer is NoOpTracer ? nil : tracer
        if metrics == nil, self.tracer == nil { return nil }
    }

    func watch() -> RequestWatch { RequestWatch(metrics, tracer) }
}

extension JoinFailure {
    /// One of few words, for a label.
    var storeCode: String {
        if code == .ruleFailed { return "ruleFailed" }
        return (cause as? LivechatStoreError)?.code.description ?? "other"
    }
}
#endif
