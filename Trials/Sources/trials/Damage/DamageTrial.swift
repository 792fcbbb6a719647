import Foundation
import Synchronization

/// Damage to the files: no crash, no hang, and nobody let in whom the whole files keep out. One thing is counted, and does
/// not fail it: an older state that answers where the end of the log and its index are both gone, which is what a loss of
/// power leaves.
enum DamageTrial {
    static let trial = Trial(
        "damage",
        claim: "damage never crashes or hangs a process, and never lets in whom the whole files keep out"
    ) { context in
        let template = try DamageTemplate()
        var tallies = [try caught(template, context)]
        for file in Damage.File.allCases {
            let count = context.count(short: shortCounts[file] ?? 0, long: 4_000)
            let sum = try parallel(count, context, UInt64(file.rawValue.count)) { lane, random in
                try closed(file, template, lane, &random)
            }
            tallies.append(Tally("\(file.name) damaged while closed", sum.all, sum.words))
        }
        let sum = try parallel(context.count(short: 60, long: 1_000), context, 60) { lane, random in
            try lostIndex(template, lane, &random)
        }
        tallies.append(Tally("the log damaged and its index gone", sum.all, sum.words))
        if context.isLong { tallies.append(try everyByte(template, context)) }
        for (place, how) in ["mapped", "unmapped"].enumerated() {
            for cuts in [false, true] {
                let count = context.count(short: 60, long: 2_000)
                let part = UInt64(10 + 2 * place + (cuts ? 1 : 0))
                let sum = try parallel(count, how: how, context, part) { lane, random in
                    try open(template, lane, isMapped: how == "mapped", cuts: cuts, &random)
                }
                tallies.append(
                    Tally(
                        "\(cuts ? "cut" : "bytes changed") under a process that has the file \(how)",
                        sum.all,
                        sum.words
                    )
                )
            }
        }
        return tallies
    }

    private static let shortCounts = [Damage.File.database: 400, .log: 150, .index: 30]

    /// Shows that an admission which damage leads to is noticed.
    private static func caught(_ template: DamageTemplate, _ context: TrialContext) throws -> Tally {
        let lane = try DamageLane(how: "credulous")
        var random = context.random(99)
        for count in 1...500 {
            let damage = Damage.random(.database, in: template.merged, cuts: true, with: &random)
            let database = damage.applied(to: template.merged)
            if case .answered(let letters) = try lane.outcome(database: database, log: nil, index: nil),
                DamageTemplate.admits(letters, beyond: template.answers)
            {
                return Tally("damages until a store that swallows errors is caught", count, "caught")
            }
        }
        throw TrialFailure("a store that swallows errors is not caught in 500 damages, so nothing would be")
    }

    /// Damages files that nobody has open: the database, or the log or its index as a killed program leaves them.
    private static func closed(
        _ file: Damage.File,
        _ template: DamageTemplate,
        _ lane: DamageLane,
        _ random: inout SplitMix64
    ) throws -> DamageCount {
        let damage: Damage
        let outcome: DamageLane.Outcome
        switch file {
        case .database:
            damage = Damage.random(file, in: template.merged, decisive: template.decisive, cuts: true, with: &random)
            outcome = try lane.outcome(database: damage.applied(to: template.merged), log: nil, index: nil)
        case .log:
            damage = Damage.random(file, in: template.log, cuts: true, with: &random)
            let log = damage.applied(to: template.log)
            outcome = try lane.outcome(database: template.database, log: log, index: template.index)
        case .index:
            damage = Damage.random(file, in: template.index, cuts: true, with: &random)
            let index = damage.applied(to: template.index)
            outcome = try lane.outcome(database: template.database, log: template.log, index: index)
        }
        return try strict(outcome, damage, template)
    }

    /// Damages the log where its index is gone too, as after a loss of power or in a copy: SQLite takes what is whole.
    private static func lostIndex(
        _ template: DamageTemplate,
        _ lane: DamageLane,
        _ random: inout SplitMix64
    ) throws -> DamageCount {
        let damage = Damage.random(.log, in: template.log, cuts: true, with: &random)
        let log = damage.applied(to: template.log)
        let outcome = try lane.outcome(database: template.database, log: log, index: nil)
        var count = try counted(outcome, damage, template)
        guard count.live == 1, case .answered(let letters) = outcome else { return count }
        guard template.earlierAnswers.contains(where: { !DamageTemplate.admits(letters, beyond: $0) }) else {
            throw TrialFailure("\(damage), without its index: let in whom no state of the file does: \(letters)")
        }
        count.live = 0
        count.older = 1
        return count
    }

    /// Flips a bit of every byte of the rows that decide, one at a time.
    private static func everyByte(_ template: DamageTemplate, _ context: TrialContext) throws -> Tally {
        let places = template.decisive
        let next = Atomic(0)
        let sum = try parallel(2, context, 50) { lane, random in
            var sum = DamageCount()
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < places.count else { return sum }
                let bit = Int.random(in: 0..<8, using: &random)
                let damage = Damage(file: .database, offset: places[number], kind: .flip(bit: bit))
                let database = damage.applied(to: template.merged)
                sum = sum + (try strict(lane.outcome(database: database, log: nil, index: nil), damage, template))
            }
        }
        return Tally("a bit of every byte of the rows that decide, flipped while closed", sum.all, sum.words)
    }

    /// Fails on whoever is let in that the whole files keep out, and on whoever is kept out without an error.
    private static func strict(
        _ outcome: DamageLane.Outcome,
        _ damage: Damage,
        _ template: DamageTemplate,
        _ when: String = ""
    ) throws -> DamageCount {
        let count = try counted(outcome, damage, template)
        guard count.live + count.keptOut > 0, case .answered(let letters) = outcome else { return count }
        throw TrialFailure(
            count.live > 0
                ? "\(damage)\(when): let in \(template.admitted(letters))"
                : "\(damage)\(when): answered \(letters) without an error, and not \(template.answers)"
        )
    }

    /// Damages files under a process that has them open.
    private static func open(
        _ template: DamageTemplate,
        _ lane: DamageLane,
        isMapped: Bool,
        cuts: Bool,
        _ random: inout SplitMix64
    ) throws -> DamageCount {
        let file = Damage.File.allCases[Int.random(in: 0..<3, using: &random)]
        var damage: Damage?
        let outcome = try lane.outcome(template) { path in
            let bytes = try DamageTemplate.read(path + file.rawValue)
            guard !bytes.isEmpty else { return }
            let chosen =
                cuts
                ? Damage(file: file, offset: Int.random(in: 0..<bytes.count, using: &random), kind: .cut)
                : Damage.random(
                    file,
                    in: bytes,
                    decisive: file == .database ? template.decisive.filter { $0 < bytes.count } : [],
                    cuts: false,
                    with: &random
                )
            damage = chosen
            try chosen.apply(toFileOf: path)
            // A page of the mapping that has been looked at is looked at again little more than a second later at the latest.
            if isMapped, file == .database { Thread.sleep(forTimeInterval: 1.25) }
        }
        guard let damage else { return DamageCount() }
        return try strict(outcome, damage, template, ", while open")
    }

    private static func counted(
        _ outcome: DamageLane.Outcome,
        _ damage: Damage,
        _ template: DamageTemplate
    ) throws -> DamageCount {
        var count = DamageCount()
        count.all = 1
        switch outcome {
        case .hung: throw TrialFailure("\(damage): no answer within a minute")
        case .ended(let status):
            throw TrialFailure("\(damage): the process ended with \(status)")
        case .refused: count.refused = 1
        case .answered(let letters):
            if DamageTemplate.admits(letters, beyond: template.answers) {
                count.live = 1
            } else if letters == template.answers {
                count.same = 1
            } else if letters.contains("E") {
                count.failed = 1
            } else {
                count.keptOut = 1
            }
        }
        return count
    }

    /// Tries damage in two lanes.
    private static func parallel(
        _ count: Int,
        how: String = "mapped",
        _ context: TrialContext,
        _ part: UInt64,
        _ body: @Sendable (DamageLane, inout SplitMix64) throws -> DamageCount
    ) throws -> DamageCount {
        let lanes = 2
        let results = Mutex<[Result<DamageCount, any Error>]>([])
        DispatchQueue.concurrentPerform(iterations: lanes) { number in
            let result = Result {
                let lane = try DamageLane(how: how)
                var random = context.random(part * 100 + UInt64(number))
                return try (0..<count / lanes).reduce(DamageCount()) { sum, _ in sum + (try body(lane, &random)) }
            }
            results.withLock { $0.append(result) }
        }
        return try results.withLock { $0 }.reduce(DamageCount()) { sum, result in sum + (try result.get()) }
    }
}
