import CTrials
import Foundation

/// Runs scenarios with each of some faults at call after call, in a process of its own.
struct Sweep {
    private let stand: Stand
    private let sample: Int
    private let part: Int
    private let parts: Int
    private let around: Break
    private var random: SplitMix64
    private var files = 0
    private var memory: Int64 = 0

    /// What was found out about one fault in one scenario.
    struct Count: Codable {
        var fault: String
        var scenario: String
        /// How many calls there are.
        var calls = 0
        var runs = 0
        /// In how many runs something was answered with an error.
        var said = 0
        /// In how many runs every answer was right all the same.
        var survived = 0
        /// In how many runs the database answered errors until it was opened again.
        var stopped = 0
        /// How many joins were answered with an error and are there.
        var present = 0
        /// In how many runs some joined in a shared commit and some did not.
        var split = 0

        /// Takes in what another process has found out about the same.
        mutating func add(_ other: Count) {
            calls = max(calls, other.calls)
            runs += other.runs
            said += other.said
            survived += other.survived
            stopped += other.stopped
            present += other.present
            split += other.split
        }
    }

    /// `worker faults SEED SAMPLE BREAK SCENARIOS FAULTS FOLDER PART PARTS`: a sample of 0 tries every call, or every one
    /// that is this part's, and the folder is where a small disk can be mounted.
    static func work(_ arguments: [String]) async throws {
        guard arguments.count == 8, let seed = UInt64(arguments[0]), let sample = Int(arguments[1]),
            let around = Break(rawValue: arguments[2]), let part = Int(arguments[6]), let parts = Int(arguments[7])
        else { throw TrialFailure("worker faults SEED SAMPLE BREAK SCENARIOS FAULTS FOLDER PART PARTS") }
        let scenarios = arguments[3].split(separator: ",").compactMap { name in
            Scenario.all.first { $0.name == name }
        }
        let faults = arguments[4].split(separator: ",").compactMap { Fault(rawValue: String($0)) }
        if faults.contains(.memory), ctrials_install_faulty_memory() != 0 {
            throw TrialFailure("SQLite does not take another allocator")
        }
        if faults != Fault.ofDisks.filter(faults.contains), ctrials_install_faulty_vfs() != 0 {
            throw TrialFailure("SQLite does not take another file system")
        }
        let stand = try await Stand(in: faults.contains(.smallDisk) ? makeSmallDisk(arguments[5]) : nil)
        var sweep = Sweep(stand: stand, sample: sample, around: around, seed: seed, part: part, parts: parts)
        for scenario in scenarios {
            for fault in faults {
                let count = try await sweep.run(scenario, fault)
                Self.say("count", String(decoding: try JSONEncoder().encode(count), as: UTF8.self))
            }
        }
    }

    /// The disk goes with this process, which has a mount namespace of its own.
    private static func makeSmallDisk(_ folder: String) throws -> String {
        guard ctrials_mount_small_disk(folder, 8 << 20) == 0 else { throw TrialFailure(cannotMount) }
        return folder
    }

    static let cannotMount = "a disk cannot be mounted here"

    private init(stand: Stand, sample: Int, around: Break, seed: UInt64, part: Int, parts: Int) {
        self.stand = stand
        self.sample = sample
        self.around = around
        self.part = part
        self.parts = parts
        random = SplitMix64(seed: seed)
    }

    private mutating func run(_ scenario: Scenario, _ fault: Fault) async throws -> Count {
        var count = Count(fault: fault.rawValue, scenario: scenario.name)
        // Once to see how many calls there are, and to have everything made that is made once.
        let calls = try await attempt(scenario, fault, nth: .max, lasts: false).calls
        files = openFiles.count
        memory = ctrials_sqlite_memory()
        count.calls = calls
        guard calls > 0 else { return count }
        for lasts in fault.code == nil ? [true] : [false, true] {
            if sample == 0 {
                var nth = 1 + part
                while try await run(scenario, fault, nth: nth, lasts: lasts, &count).failedCalls > 0
                    || fault.code == nil && nth < calls
                { nth += parts }
            } else {
                for nth in Self.sample(sample, of: calls, &random) {
                    _ = try await run(scenario, fault, nth: nth, lasts: lasts, &count)
                }
            }
        }
        return count
    }

    /// Some of the calls, each once, in rising order.
    private static func sample(_ count: Int, of calls: Int, _ random: inout SplitMix64) -> [Int] {
        guard calls > count else { return Array(1...calls) }
        var chosen: Set<Int> = []
        while chosen.count < count { chosen.insert(Int.random(in: 1...calls, using: &random)) }
        return chosen.sorted()
    }

    private func run(
        _ scenario: Scenario,
        _ fault: Fault,
        nth: Int,
        lasts: Bool,
        _ count: inout Count
    ) async throws -> Attempt {
        let attempt = try await attempt(scenario, fault, nth: nth, lasts: lasts)
        // Whether a full disk was in anybody's way can only be seen by an error.
        guard attempt.failedCalls > 0 || fault.code == nil else { return attempt }
        count.runs += 1
        count.said += attempt.errors > 0 ? 1 : 0
        count.survived += attempt.errors > 0 ? 0 : 1
        count.stopped += attempt.hasStopped ? 1 : 0
        count.present += attempt.present
        if attempt.isSplit { count.split += 1 }
        return attempt
    }

    private func attempt(_ scenario: Scenario, _ fault: Fault, nth: Int, lasts: Bool) async throws -> Attempt {
        let mapped = !fault.needsReads && nth % 2 == 0
        let label =
            "\(scenario.name): \(fault.words), \(fault.code == nil ? "pages left:" : "call") \(nth)"
            + (lasts && fault.code != nil ? " and every one after it" : "") + (mapped ? ", with mapping" : "")
        Self.say("try", label)
        let attempt = Attempt(stand, fault, nth: nth, lasts: lasts, mapped: mapped, around: around.around)
        do {
            try await scenario.run(attempt)
            try await attempt.checkNextAttempt()
        } catch {
            throw TrialFailure("\(label): \(error)")
        }
        guard openFiles.count <= files else { throw TrialFailure("\(label): still open: \(openFiles)") }
        guard memory == 0 || ctrials_sqlite_memory() <= memory else {
            throw TrialFailure("\(label): \(ctrials_sqlite_memory() - memory) bytes of SQLite's were not given back")
        }
        return attempt
    }

    /// The descriptors of files in the stand's folder; others are the business of the libraries beneath, which make some
    /// when they first need them.
    private var openFiles: [String] {
        let manager = FileManager.default
        let descriptors = (try? manager.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.compactMap { try? manager.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
            .filter { $0.hasPrefix(stand.folder) }
    }

    /// Sends a line to the process that started this one, at once: this one may crash next.
    static func say(_ what: String, _ text: String) {
        let line = Array("\(what) \(text)\n".utf8)
        _ = ctrials_write(1, line, line.count)
    }
}
