import Foundation
import Logging

/// Tries what a front door has to stand: faults, crashes, races and hostile input.
///
/// `trials [--long] [--seed N] [--record FILE] [NAME …]` runs the named trials, or all of them, and ends with 1 when
/// one found something. `trials worker …` is a process that a trial starts.
@main
enum Main {
    /// Every trial, in the order in which they run.
    static let all: [Trial] = [
        FaultTrials.faults, PowerTrial.power, FaultTrials.memory, DiskTrial.disk,
        MappingTrial.trial, HistoryTrial.trial, DamageTrial.trial,
        Kill.trial, Files.trial, Busy.trial, Hostile.trial, Stop.trial,
    ]

    /// The processes that trials start, by the first argument after `worker`.
    static let workers: [String: @Sendable ([String]) async throws -> Void] = [
        "faults": Sweep.work, "power": PowerWorker.work,
        "history": HistoryWorker.main, "damage": DamageWorker.main, "mapping": MappingWorker.run,
        "joins": JoinWorker.run, "hold": HoldWorker.run, "broken": BrokenServer.run,
    ]

    static func main() async {
        // What a log has to say is looked for where it matters.
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        // A process that crashes on purpose ends at once, rather than after Swift has written down where.
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        var arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "worker" {
            arguments.removeFirst()
            await work(arguments)
            return
        }
        do {
            let plan = try Plan(arguments)
            let failed = try await plan.run()
            exit(failed ? 1 : 0)
        } catch {
            FileHandle.standardError.write(Data("trials: \(error)\n".utf8))
            exit(2)
        }
    }

    private static func work(_ arguments: [String]) async {
        do {
            guard let name = arguments.first, let worker = workers[name] else {
                throw TrialFailure("no such worker")
            }
            try await worker(Array(arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("trials worker: \(error)\n".utf8))
            exit(1)
        }
    }
}
