/// One thing that the engine is put through.
struct Trial: Sendable {
    /// What it is called on the command line.
    let name: String
    /// What has to hold, in a sentence.
    let claim: String
    /// Puts the engine through it.
    ///
    /// It returns what was tried and how often, and throws ``TrialFailure`` when the claim does not hold.
    let run: @Sendable (TrialContext) async throws -> [Tally]

    init(
        _ name: String,
        claim: String,
        run: @escaping @Sendable (TrialContext) async throws -> [Tally]
    ) {
        self.name = name
        self.claim = claim
        self.run = run
    }
}

/// What was tried, and how often.
struct Tally: Sendable {
    /// What was tried, such as `kill -9 during load`.
    let what: String
    /// How often.
    let count: Int
    /// What came of it, such as `0 lost, 0 admitted wrongly`.
    let outcome: String

    init(_ what: String, _ count: Int, _ outcome: String) {
        self.what = what
        self.count = count
        self.outcome = outcome
    }
}

/// The claim of a trial does not hold, or the trial could not be carried out.
struct TrialFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// How a trial is to be run.
struct TrialContext: Sendable {
    /// Whether to take the time of the long form.
    let isLong: Bool
    /// Where all chance comes from; printed, so that a run can be repeated.
    let seed: UInt64

    /// The number for the short form or the long one.
    func count(short: Int, long: Int) -> Int { isLong ? long : short }

    /// A generator for one part of a trial.
    ///
    /// A generator that began a few steps further on would give the same numbers a little later, so the parts begin far
    /// from each other.
    func random(_ part: UInt64 = 0) -> SplitMix64 {
        var places = SplitMix64(seed: part)
        return SplitMix64(seed: seed ^ places.next())
    }

    /// Says how far it has come, on standard error.
    func note(_ text: String) { Report.note(text) }
}
