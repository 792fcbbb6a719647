#if !Observability
/// Stands in where the trait `Observability` was not asked for: there is none, so nothing is measured.
enum JoinMetrics {
    func count(_ outcome: JoinOutcome) {}
    func countLimit(_ refusal: JoinRefusal) {}
    func countUndecided() {}
    func count(_ failure: JoinFailure) {}
}

/// The same for a store.
package enum CommitMetrics {
    package init?(hasLog: Bool = true) { return nil }
    package func queued() {}
    package func answered(_ count: Int) {}
    package func committed(joins count: Int, since begin: ContinuousClock.Instant) {}
    package func logHas(bytes: Int) {}
}

enum RequestWatch {
    func decided(_ verdict: JoinVerdict) {}
    func end(_ failure: JoinFailure? = nil) {}
}

enum ServiceObserver {
    init?(_ profile: JoinProfile) { return nil }
    var metrics: JoinMetrics? { nil }
    func watch() -> RequestWatch { switch self {} }
}
#endif
