import Foundation

/// Readers whose mapping is kept over commits (Sources/CLivechatMapping), beside a shell that makes the file longer and
/// shorter under them.
enum MappingTrial {
    static let trial = Trial(
        "mapping",
        claim: "a mapping that is kept over commits shows nothing old and nothing wrong, and ends no process"
    ) { context in
        let seconds = context.count(short: 15, long: 600)
        let process = try ChildProcess(ChildProcess.trials, ["worker", "mapping", "\(seconds)", "\(context.seed)"])
        return try await onThread {
            var tallies: [Tally] = []
            while let line = process.nextLine() {
                let parts = line.split(separator: "\t").map(String.init)
                if parts.count == 3 { tallies.append(Tally(parts[0], Int(parts[1]) ?? 0, parts[2])) }
            }
            let status = process.wait()
            guard status == 0 else { throw TrialFailure("the process ended with \(status): \(process.allErrors())") }
            return tallies
        }
    }
}
