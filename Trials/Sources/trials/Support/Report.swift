import Foundation

/// What the trials came to: a line for each thing tried, on standard output, and as rows to be recorded.
struct Report {
    private let context: TrialContext
    private var rows: [String] = []
    private var failed: [String] = []

    init(_ context: TrialContext) { self.context = context }

    var hasFailed: Bool { !failed.isEmpty }

    /// Says something on standard error.
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    mutating func add(_ trial: Trial, _ tallies: [Tally], _ duration: Duration) {
        let seconds = duration.formatted(.units(allowed: [.minutes, .seconds], width: .narrow))
        for tally in tallies {
            rows.append("\(trial.name)\t\(tally.what)\t\(tally.count)\t\(tally.outcome)")
            print("✓ \(trial.name): \(tally.what): \(tally.count), \(tally.outcome)")
        }
        print("  \(trial.name) took \(seconds)")
    }

    mutating func add(_ trial: Trial, failure: any Error) {
        failed.append(trial.name)
        print("✗ \(trial.name): \(failure)")
        print("  again: Trials/run\(context.isLong ? " --long" : "") --seed \(context.seed) \(trial.name)")
    }

    func printSummary() {
        print(hasFailed ? "failed: \(failed.joined(separator: ", "))" : "everything held")
    }

    /// Adds the rows to a file of tab-separated values: trial, what, how many, outcome.
    func write(to file: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(rows.map { $0 + "\n" }.joined().utf8))
        try handle.close()
    }
}
