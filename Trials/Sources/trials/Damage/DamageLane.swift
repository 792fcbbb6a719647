import Foundation

/// Files that are damaged again and again, and a process that opens them; one that ends is replaced.
final class DamageLane {
    /// Who has the files open when they are damaged.
    enum State: String, CaseIterable, Sendable {
        case closed = "while closed"
        case mapped = "under a process that maps the database"
        case unmapped = "under a process that does not map it"
    }

    /// What came of damage.
    enum Outcome: Sendable {
        /// Opening failed, in these words.
        case refused(String)
        /// It was opened; a word for each request.
        case answered(String)
        /// The process ended with this status.
        case ended(Int32)
        /// No answer within a minute.
        case hung
    }

    private let folder: TemporaryFolder
    private let path: String
    private let state: State
    private let store: String
    private let files: [(file: Damage.File, bytes: Data)]
    private var worker: ChildProcess

    /// Makes the files of a program that was killed: a database, its log, and its index.
    ///
    /// `store` is `engine`, or `trusting` for one that is broken.
    init(_ state: State, store: String = "engine") throws {
        folder = try TemporaryFolder(inMemory: true)
        let path = folder.file("chat.db")
        let maker = try ChildProcess(ChildProcess.trials, ["worker", "damage", "prepare", path])
        guard maker.wait() == 0 else { throw TrialFailure("no files to damage: \(maker.allErrors())") }
        files = try Damage.File.allCases.map { ($0, try Data(contentsOf: URL(filePath: path + $0.rawValue))) }
        self.path = path
        self.state = state
        self.store = store
        worker = try Self.start()
    }

    private static func start() throws -> ChildProcess {
        try ChildProcess(ChildProcess.trials, ["worker", "damage"])
    }

    /// Puts the whole files back, damages them, and asks.
    func outcome(_ damage: (String) throws -> Void = { _ in }) throws -> Outcome {
        for (file, bytes) in files {
            try? FileManager.default.removeItem(atPath: path + file.rawValue)
            try bytes.write(to: URL(filePath: path + file.rawValue))
        }
        let dog = Watchdog([worker])
        defer { dog.cancel() }
        if state == .closed { try damage(path) }
        try worker.send("\(state == .unmapped ? "unmapped" : "mapped") \(store) \(path)\n")
        if var line = worker.nextLine() {
            if line == "open" {
                if state != .closed { try damage(path) }
                try worker.send("go\n")
                line = worker.nextLine() ?? ""
            }
            if line.hasPrefix("refused ") { return .refused(line) }
            if !line.isEmpty { return .answered(line) }
        }
        let status = worker.wait()
        worker = try Self.start()
        return dog.hasBitten ? .hung : .ended(status)
    }
}
