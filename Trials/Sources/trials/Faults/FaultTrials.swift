import Foundation

/// Calls of the file system, and SQLite's allocations, that fail one after the other.
enum FaultTrials {
    static let faults = Trial(
        "faults",
        claim: "Whichever call of the file system fails, nobody is let in without a commit, and the next attempt works."
    ) { context in
        try await run(context, Fault.ofFiles, sample: context.count(short: 3, long: 0))
    }

    static let memory = Trial(
        "memory",
        claim: "Whichever allocation of SQLite's fails, nobody is let in without a commit, and the next attempt works."
    ) { context in
        try await run(context, [.memory], sample: context.count(short: 24, long: 0))
    }

    /// Has calls fail at `sample` places of each scenario; 0 is every one.
    private static func run(_ context: TrialContext, _ faults: [Fault], sample: Int) async throws -> [Tally] {
        var tallies: [Tally] = []
        for broken in Break.allCases where broken != .none {
            tallies.append(try await expectCaught(broken, context, faults))
        }
        // Some scenarios have a hundred times as many calls as others, so every call is for several processes to try.
        let parts = sample == 0 ? 4 : 1
        let work = Scenario.all.enumerated().flatMap { number, scenario in
            (0..<parts).map { (number: number, scenario: scenario, part: $0) }
        }
        let found = try await inParallel(work) { number, scenario, part in
            let counts = try sweep(
                scenario,
                faults,
                seed: context.seed &+ UInt64(number),
                sample: sample,
                .none,
                part: part,
                of: parts
            )
            if sample == 0 {
                context.note("\(scenario.name), part \(part + 1) of \(parts): \(counts.reduce(0) { $0 + $1.runs })")
            }
            return counts
        }
        let counts = merge(found.joined())
        let split = counts.reduce(0) { $0 + $1.split }
        tallies.append(
            Tally("shared commits that fail for some of their joins only", split, "each answered as it is in the file")
        )
        return tallies + tally(counts, faults)
    }

    /// One count for each fault and scenario, of which several processes have had a part.
    private static func merge(_ counts: some Sequence<Sweep.Count>) -> [Sweep.Count] {
        var merged: [Sweep.Count] = []
        for count in counts {
            if let index = merged.firstIndex(where: { $0.fault == count.fault && $0.scenario == count.scenario }) {
                merged[index].add(count)
            } else {
                merged.append(count)
            }
        }
        return merged
    }

    static func tally(_ counts: [Sweep.Count], _ faults: [Fault]) -> [Tally] {
        var tallies: [Tally] = []
        for fault in faults {
            let counts = counts.filter { $0.fault == fault.rawValue && $0.runs > 0 }
            let scenarios = counts.map(\.scenario).joined(separator: ", ")
            let present = counts.reduce(0) { $0 + $1.present }
            let stopped = counts.reduce(0) { $0 + $1.stopped }
            tallies.append(
                Tally(
                    fault.code == nil
                        ? "\(fault.words), during \(scenarios)"
                        : "\(fault.words), once or from then on, at some \(counts.reduce(0) { $0 + $1.calls }) places in \(scenarios)",
                    counts.reduce(0) { $0 + $1.runs },
                    "\(counts.reduce(0) { $0 + $1.said }) answered an error, "
                        + "\(counts.reduce(0) { $0 + $1.survived }) with every answer right all the same; "
                        + (stopped > 0 ? "\(stopped) then answered errors until a restart; " : "")
                        + "0 admitted without a commit, 0 wrong answers, 0 half-written, 0 leaks"
                        + (present > 0 ? "; \(present) joins answered with an error are there, each whole" : "")
                )
            )
        }
        return tallies
    }

    /// The checks must be able to fail: they are run against a break first.
    private static func expectCaught(_ broken: Break, _ context: TrialContext, _ faults: [Fault]) async throws -> Tally
    {
        let fault = faults.contains(.write) ? Fault.write : .memory
        let caught = try await inParallel([Scenario.all.first { $0.name == "join" }].compactMap { $0 }) { scenario in
            do {
                _ = try sweep(scenario, [fault], seed: context.seed, sample: 40, broken)
                return false
            } catch let failure as TrialFailure {
                context.note("caught: \(failure)")
                return failure.description.contains("joined and not there")
                    || failure.description.contains("its events are of")
            }
        }
        guard caught == [true] else { throw TrialFailure("the checker does not catch a store that \(broken.rawValue)") }
        return Tally("the checker catches a store that \(broken.rawValue)", 1, "yes")
    }

    static func sweep(
        _ scenario: Scenario,
        _ faults: [Fault],
        seed: UInt64,
        sample: Int,
        _ broken: Break,
        part: Int = 0,
        of parts: Int = 1
    ) throws -> [Sweep.Count] {
        let folder = try TemporaryFolder(inMemory: true)
        let worker = [
            ChildProcess.trials, "worker", "faults", "\(seed)", "\(sample)", broken.rawValue, scenario.name,
            faults.map(\.rawValue).joined(separator: ","), folder.path, "\(part)", "\(parts)",
        ]
        // A disk that is mounted must go with the process that it is for.
        let command = faults.contains(.smallDisk) ? ["/usr/bin/unshare", "--mount"] + worker : worker
        let process = try ChildProcess(command[0], Array(command.dropFirst()))
        var counts: [Sweep.Count] = []
        var last = "nothing"
        while let line = process.nextLine() {
            if line.hasPrefix("try ") {
                last = String(line.dropFirst(4))
            } else if line.hasPrefix("count ") {
                counts.append(try JSONDecoder().decode(Sweep.Count.self, from: Data(line.dropFirst(6).utf8)))
            }
        }
        let status = process.wait()
        guard status == 0 else {
            let errors = process.allErrors()
            if status == 1 { throw TrialFailure(errors) }
            throw TrialFailure("the process ended with \(status) at \(last)\n\(errors)")
        }
        return counts
    }
}
