/// Disks that are really full, whatever a shim may say.
enum DiskTrial {
    static let disk = Trial(
        "disk",
        claim:
            "However little room a disk has left, nobody is let in without a commit, and it goes on once there is room."
    ) { context in
        var tallies: [Tally] = []
        for fault in Fault.ofDisks {
            do {
                let counts = try await inParallel(Array(Scenario.all.enumerated())) { number, scenario in
                    try FaultTrials.sweep(
                        scenario,
                        [fault],
                        seed: context.seed &+ UInt64(number),
                        sample: context.count(short: 10, long: 100),
                        .none
                    )
                }
                tallies += FaultTrials.tally(Array(counts.joined()), [fault])
            } catch let failure as TrialFailure
                where failure.description.contains(Sweep.cannotMount) || failure.description.contains("unshare")
            {
                tallies.append(Tally(fault.words, 0, "not tried: \(Sweep.cannotMount)"))
            }
        }
        return tallies
    }
}
