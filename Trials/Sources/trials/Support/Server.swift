import Foundation
import Synchronization

/// A real `livechat-join serve` on a free port; it ends with this value.
final class Server: Sendable {
    let port: Int
    private let process: ChildProcess
    private let log: Log

    /// What it has said on standard error; read all the time, or it would wait for somebody to.
    private final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        private let reading = DispatchGroup()

        /// Enough to look something up in.
        private static let most = 2_000

        init(_ process: ChildProcess) {
            reading.enter()
            Thread { [self] in
                while let line = process.nextErrorLine() {
                    lines.withLock { if $0.count < Self.most { $0.append(line) } }
                }
                reading.leave()
            }.start()
        }

        var all: [String] { lines.withLock { $0 } }

        func wait() { reading.wait() }
    }

    /// Starts it and waits until it listens.
    ///
    /// - Throws: `TrialFailure` with its own words when it ends instead.
    convenience init(database: String, _ arguments: [String] = []) throws {
        try self.init(starting: Self.start(database, arguments))
    }

    /// Waits until a process that has been started listens.
    init(starting process: ChildProcess) throws {
        self.process = process
        log = Log(process)
        let prefix = "listening on http://127.0.0.1:"
        guard let line = process.nextLine(), line.hasPrefix(prefix), let port = Int(line.dropFirst(prefix.count)) else {
            process.signal(SIGKILL)
            let status = process.wait()
            log.wait()
            throw TrialFailure("the server ended with \(status): \(log.all.joined(separator: " / "))")
        }
        self.port = port
    }

    deinit { kill() }

    /// Starts a server without rate limits, and does not wait for it.
    static func start(_ database: String, _ arguments: [String] = []) throws -> ChildProcess {
        try ChildProcess(
            ChildProcess.livechatJoin,
            [
                "serve", "--host", "127.0.0.1", "--port", "0", "--rate-limit", "0", "--login-limit", "0",
                "--database", database,
            ] + arguments
        )
    }

    /// What it has logged until now.
    var logged: [String] { log.all }

    /// How much memory it holds, in bytes.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.id)/statm", encoding: .utf8)) ?? ""
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }

    /// How many files and connections it has open.
    var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.id)/fd").count) ?? 0
    }

    var isRunning: Bool { residentBytes > 0 }

    func kill() {
        process.signal(SIGKILL)
        _ = process.wait()
    }

    func signal(_ signal: Int32) { process.signal(signal) }

    /// Waits for its end, and returns the exit status, or 256 plus the signal.
    func wait() -> Int32 {
        let status = process.wait()
        log.wait()
        return status
    }

    /// Asks it to end, and waits.
    func stop() -> Int32 {
        signal(SIGTERM)
        return wait()
    }

    /// Asks once on a connection of its own.
    func get(_ target: String, within milliseconds: Int = 10_000) throws -> Answer? {
        let client = try Client(port: port, timeout: milliseconds)
        try client.send("GET \(target) HTTP/1.1\r\nHost: trials\r\nConnection: close\r\n\r\n")
        return try client.next()
    }
}

/// A command that runs to its end.
struct CommandResult: Sendable {
    let status: Int32
    let output: [String]
    let errors: String

    /// Runs `livechat-join`.
    static func livechatJoin(_ arguments: [String], input: String = "") throws -> CommandResult {
        let process = try ChildProcess(ChildProcess.livechatJoin, arguments)
        if !input.isEmpty { try process.send(input) }
        var output: [String] = []
        while let line = process.nextLine() { output.append(line) }
        let errors = process.allErrors()
        return CommandResult(status: process.wait(), output: output, errors: errors)
    }
}
