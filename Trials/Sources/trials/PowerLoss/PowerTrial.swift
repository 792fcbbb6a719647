import Foundation
import LivechatPersistence

/// The power goes at some write or some sync, and what was not synced survives or not, as the seed has it.
enum PowerTrial {
    static let power = Trial(
        "power",
        claim: "After a loss of power the database opens by itself, whole, with every acknowledged join in it."
    ) { context in
        let stand = try await Stand()
        let world = try Data(contentsOf: URL(filePath: stand.path))
        var random = context.random()
        var tallies: [Tally] = []
        // First a disk that says that it has synced and has not: the checks must see it.
        let lying = plans(.crowd, .full, count: 24, &random, dropsSyncs: true)
        let caught = try await inParallel(lying) { plan in
            do {
                _ = try PowerRun(plan, world).run()
                return 0
            } catch let failure as TrialFailure {
                return failure.description.contains(PowerRun.lost) ? 1 : 2
            }
        }
        let count = caught.count { $0 > 0 }
        guard caught.contains(1) else {
            throw TrialFailure("a disk that drops every sync is not caught in \(caught.count) runs")
        }
        tallies.append(
            Tally(
                "the checker catches a disk that drops every sync",
                lying.count,
                "yes, in \(count) of the losses of power"
            )
        )
        for durability in [JoinDatabase.Options.Durability.full, .normal] {
            for work in PowerPlan.Work.allCases {
                let plans = plans(work, durability, count: context.count(short: 30, long: 400), &random)
                let results = try await inParallel(plans) { plan in try PowerRun(plan, world).run() }
                let lost = results.filter(\.lostPower)
                let acknowledged = lost.reduce(0) { $0 + $1.acknowledged }
                let missing = lost.reduce(0) { $0 + $1.missing }
                let extra = lost.reduce(0) { $0 + $1.unacknowledged }
                tallies.append(
                    Tally(
                        "loss of power, durability \(durability): \(work.words)",
                        lost.count,
                        "\(acknowledged) joins acknowledged before, \(missing) of them missing after"
                            + (durability == .full ? "" : ", each time the newest")
                            + "; \(extra) there that were not answered yet, each whole; 0 databases damaged"
                    )
                )
            }
        }
        return tallies
    }

    /// Losses at random moments, half at a sync and half at a write.
    private static func plans(
        _ work: PowerPlan.Work,
        _ durability: JoinDatabase.Options.Durability,
        count: Int,
        _ random: inout SplitMix64,
        dropsSyncs: Bool = false
    ) -> [PowerPlan] {
        (0..<count).map { _ in
            let atSync = Bool.random(using: &random)
            let most = PowerPlan.most(work, durability, atSync: atSync)
            return PowerPlan(
                work,
                durability,
                atSync: atSync,
                nth: Int.random(in: 1...most, using: &random),
                seed: UInt64.random(in: 0...UInt64.max, using: &random),
                dropsSyncs: dropsSyncs
            )
        }
    }
}

extension PowerPlan {
    /// About how many writes or syncs the work takes, so that the moment is chosen among those that there are.
    static func most(_ work: Work, _ durability: JoinDatabase.Options.Durability, atSync: Bool) -> Int {
        switch (work, durability, atSync) {
        case (.one, _, false): 160
        case (.beginning, _, false): 220
        case (_, _, false): 100
        case (.one, .normal, true): 3
        case (.beginning, .normal, true): 20
        case (_, .normal, true): 14
        case (.crowd, .full, true), (.badSync, .full, true): 36
        case (_, .full, true): 44
        }
    }
}
