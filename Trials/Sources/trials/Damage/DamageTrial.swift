import Foundation

/// Damage to the files.
///
/// What SQLite sees is an error, and an error is 503; what it cannot see, such as a flipped bit in a row, is not tried
/// for: a file system with checksums and backups are for that.
enum DamageTrial {
    static let trial = Trial(
        "damage",
        claim: "damage ends no process, but for a cut below a mapping, and what SQLite finds is answered 503"
    ) { context in
        let work = Damage.File.allCases.flatMap { file in DamageLane.State.allCases.map { (file: file, state: $0) } }
        let count = context.count(short: 60, long: 2_000)
        let tallies = try await inParallel(Array(work.enumerated())) { number, item in
            var random = context.random(UInt64(number))
            let sum = try damage(item.file, item.state, count, &random)
            return Tally("\(item.file.name) damaged \(item.state.rawValue)", sum.all, sum.words)
        }
        return try [caught(context)] + tallies
    }

    /// What came of damage, counted.
    private struct Count {
        var all = 0
        var refused = 0
        var unavailable = 0
        var same = 0
        var other = 0
        var ended = 0

        var words: String {
            "0 crashes, 0 hangs; refused to open \(refused), some requests answered 503 \(unavailable), "
                + "not seen by SQLite \(same + other), \(other) of them with other answers"
                + (ended > 0 ? "; SIGBUS after a cut \(ended)" : "")
        }
    }

    private static func damage(
        _ file: Damage.File,
        _ state: DamageLane.State,
        _ wanted: Int,
        _ random: inout SplitMix64
    ) throws -> Count {
        let lane = try DamageLane(state)
        guard case .answered(let whole) = try lane.outcome(), whole == DamageWorker.expected else {
            throw TrialFailure("files that are whole are not answered as they should be")
        }
        var count = Count()
        for _ in 0..<wanted {
            var damage: Damage?
            let outcome = try lane.outcome { path in
                damage = try Damage(file, of: path, with: &random)
                try damage?.apply(to: path)
            }
            let what = "\(damage.map(\.description) ?? "nothing damaged") \(state.rawValue)"
            count.all += 1
            switch outcome {
            case .refused: count.refused += 1
            case .answered(let words) where words.contains("wrong") || words.contains("hidden"):
                throw TrialFailure("\(what): answered \(words)")
            case .answered(let words) where words.contains("503"): count.unavailable += 1
            case .answered(whole): count.same += 1
            case .answered: count.other += 1
            case .ended(256 + SIGBUS) where damage?.isCut == true && isMapped(file, state): count.ended += 1
            case .ended(let status): throw TrialFailure("\(what): the process ended with \(status)")
            case .hung: throw TrialFailure("\(what): no answer within a minute")
            }
        }
        return count
    }

    /// A page that is gone from a mapping ends a process, as it does with any SQLite.
    private static func isMapped(_ file: Damage.File, _ state: DamageLane.State) -> Bool {
        switch file {
        case .database: state == .mapped
        case .log: false
        case .index: state != .closed
        }
    }

    /// Shows that an error which is not answered 503 is noticed.
    private static func caught(_ context: TrialContext) throws -> Tally {
        let lane = try DamageLane(.closed, store: "trusting")
        var random = context.random(99)
        for count in 1...500 {
            let outcome = try lane.outcome { try Damage(.database, of: $0, with: &random)?.apply(to: $0) }
            if case .answered(let words) = outcome, words.contains("hidden") {
                return Tally("damages until a store that lets everybody in after an error is caught", count, "caught")
            }
        }
        throw TrialFailure("a store that lets everybody in after an error is not caught in 500 damages")
    }
}
