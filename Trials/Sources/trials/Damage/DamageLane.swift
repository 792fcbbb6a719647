import CTrials
import Foundation
import LivechatPersistence

/// A worker and a folder for the files that it is given; a worker that ends is replaced.
final class DamageLane {
    private let folder: TemporaryFolder
    private let path: String
    private let how: String
    private var worker: ChildProcess

    /// What came of damage.
    enum Outcome: Sendable {
        /// Opening it failed, in these words.
        case refused(String)
        /// It was opened; a letter for each request.
        case answered(String)
        /// The process ended with this status.
        case ended(Int32)
        /// No answer within a minute.
        case hung
    }

    init(how: String) throws {
        folder = try TemporaryFolder(inMemory: true)
        path = folder.file("chat.db")
        self.how = how
        worker = try Self.start()
    }

    private static func start() throws -> ChildProcess {
        try ChildProcess(ChildProcess.trials, ["worker", "damage"])
    }

    func answersOfWhole(_ database: [UInt8], _ log: [UInt8]?, _ index: [UInt8]?) throws -> String {
        guard case .answered(let answers) = try outcome(database: database, log: log, index: index) else {
            throw TrialFailure("files that are whole are not opened")
        }
        return answers
    }

    /// Has files opened that were damaged while nobody had them open.
    func outcome(database: [UInt8], log: [UInt8]?, index: [UInt8]?) throws -> Outcome {
        try write(database, log, index)
        return try ask("closed")
    }

    /// Has whole files opened and then damages them.
    func outcome(_ template: DamageTemplate, thenDamage damage: (String) throws -> Void) throws -> Outcome {
        try write(template.database, template.log, nil)
        return try ask("open", damage)
    }

    private func ask(_ order: String, _ damage: (String) throws -> Void = { _ in }) throws -> Outcome {
        let dog = Watchdog([worker])
        defer { dog.cancel() }
        try worker.send("\(order) \(how) \(path)\n")
        if order == "open" {
            guard worker.nextLine() == "open" else { throw TrialFailure("files that are whole are not opened") }
            try damage(path)
            try worker.send("go\n")
        }
        guard let line = worker.nextLine() else {
            let status = worker.wait()
            worker = try Self.start()
            return dog.hasBitten ? .hung : .ended(status)
        }
        return line.hasPrefix("refused ") ? .refused(String(line.dropFirst(8))) : .answered(line)
    }

    private func write(_ database: [UInt8], _ log: [UInt8]?, _ index: [UInt8]?) throws {
        for (file, bytes) in [(Damage.File.database, database), (.log, log), (.index, index)] {
            let url = URL(fileURLWithPath: path + file.rawValue)
            try? FileManager.default.removeItem(at: url)
            if let bytes { try Data(bytes).write(to: url) }
        }
    }
}
