import Foundation

/// What the command line asks for.
struct Plan {
    private var isLong = false
    private var seed = UInt64.random(in: 0...UInt64.max)
    private var record: String?
    private var trials = Main.all

    init(_ arguments: [String]) throws {
        var names: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--long": isLong = true
            case "--seed":
                guard let value = rest.popFirst().flatMap({ UInt64($0) }) else {
                    throw TrialFailure("--seed takes a number")
                }
                seed = value
            case "--record":
                guard let file = rest.popFirst() else { throw TrialFailure("--record takes a file") }
                record = file
            case let option where option.hasPrefix("-"):
                throw TrialFailure(
                    "unknown option \(option); usage: trials [--long] [--seed N] [--record FILE] [NAME …]"
                )
            default: names.append(argument)
            }
        }
        guard !names.isEmpty else { return }
        trials = try names.map { name in
            guard let trial = Main.all.first(where: { $0.name == name }) else {
                let known = Main.all.map(\.name).joined(separator: ", ")
                throw TrialFailure("no trial \(name); there are: \(known)")
            }
            return trial
        }
    }

    /// Runs the trials one after the other.
    ///
    /// - Returns: Whether one failed.
    func run() async throws -> Bool {
        let context = TrialContext(isLong: isLong, seed: seed)
        var report = Report(context)
        for trial in trials {
            let start = ContinuousClock.now
            Report.note("\(trial.name): \(trial.claim)")
            do {
                report.add(trial, try await trial.run(context), start.duration(to: .now))
            } catch {
                report.add(trial, failure: error)
            }
        }
        report.printSummary()
        if let record { try report.write(to: record) }
        return report.hasFailed
    }
}
