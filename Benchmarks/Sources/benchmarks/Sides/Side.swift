import Generated

/// What decisions came to.
struct Decisions: Sendable {
    /// Spent by all threads together.
    var seconds = 0.0
    /// The processor's time of it.
    var processor = 0.0
    var count = 0
    /// Outcomes that are not the scenario's; a measurement with any is no measurement.
    var unexpected = 0
    /// How many there were in a second on all threads together.
    var perSecond = 0.0

    static func + (one: Decisions, other: Decisions) -> Decisions {
        Decisions(
            seconds: one.seconds + other.seconds,
            processor: one.processor + other.processor,
            count: one.count + other.count,
            unexpected: one.unexpected + other.unexpected,
            perSecond: one.perSecond + other.perSecond
        )
    }
}

/// What joins came to.
struct Joins: Sendable {
    let perSecond: Double
    let median: Double
    let p99: Double
    let waiting: Histogram

    init(seconds: Double, latencies: [Double]) {
        let sorted = latencies.sorted()
        perSecond = Double(sorted.count) / seconds
        median = sorted[sorted.count / 2]
        p99 = sorted[sorted.count * 99 / 100]
        waiting = Histogram(latencies)
    }
}

/// One side of a comparison, in a process of its own.
protocol Side: Sendable {
    /// Draws so many requests of each scenario from now on.
    func draw(_ count: Int)
    /// Makes what is decided begin with another of the drawn requests than the first.
    func begin(with request: Int)
    /// Decides requests that write nothing.
    func decide(_ scenario: Scenario, threads: Int, milliseconds: Int) async throws -> Decisions
    /// Joins fresh pairs of a user and a room, each caller waiting for its own.
    func join(first: UInt64, count: Int, callers: Int) async throws -> Joins
    /// Decides on one thread while joins are handed over at a rate.
    ///
    /// - Returns: The decisions, and how many joins became durable in a second.
    func decide(whileJoining perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double)
    /// The same while tokens are issued at a rate, to users at random.
    func decide(whileIssuing perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double)
}
