import Foundation
import LivechatSQLite

/// A process of another kind that holds something of a database until it receives a line.
///
/// `trials worker hold PATH write` holds the write lock; with `read` it holds a snapshot. It says `held`, then reads a
/// line.
enum HoldWorker {
    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 2 else { throw TrialFailure("PATH KIND") }
        let connection = try Connection(path: arguments[0], options: .init(access: .readWrite, busyTimeout: 10_000))
        let reading = "BEGIN; SELECT count(*) FROM livechat_event"
        try connection.execute(arguments[1] == "write" ? "BEGIN IMMEDIATE" : reading)
        print("held")
        fflush(nil)
        _ = readLine()
        try connection.execute("ROLLBACK")
        print("let go")
        fflush(nil)
    }

    static func start(_ path: String, _ kind: String) throws -> ChildProcess {
        let process = try ChildProcess(ChildProcess.trials, ["worker", "hold", path, kind])
        guard process.nextLine() == "held" else { throw TrialFailure("nothing is held: \(process.allErrors())") }
        return process
    }

    static func letGo(_ process: ChildProcess) throws {
        try process.send("\n")
        guard process.nextLine() == "let go" else { throw TrialFailure("it was not let go: \(process.allErrors())") }
    }
}
