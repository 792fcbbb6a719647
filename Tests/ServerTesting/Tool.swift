#if CommandLine
package import Foundation

/// The built `livechat-join`, as a process of its own.
package enum Tool {
    /// Where it stands: beside the test bundle.
    package static let program = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("livechat-join")

    /// Runs a command to its end.
    ///
    /// `umask` is the umask of the process, in octal; nil leaves it as it is.
    package static func run(
        _ arguments: [String],
        input: String? = nil,
        umask: String? = nil
    ) async throws -> ChildProcess.Result {
        let (program, arguments) = command(arguments, umask: umask)
        return try await ChildProcess.run(program, arguments, input: input)
    }

    fileprivate static func process(_ arguments: [String], umask: String?) -> Process {
        let process = Process()
        (process.executableURL, process.arguments) = command(arguments, umask: umask)
        return process
    }

    /// A process cannot be given a umask from outside, so a shell sets it and becomes the program.
    private static func command(_ arguments: [String], umask: String?) -> (URL, [String]) {
        guard let umask else { return (program, arguments) }
        let script = "umask \(umask); exec \"$0\" \"$@\""
        return (URL(fileURLWithPath: "/bin/sh"), ["-c", script, program.path] + arguments)
    }
}

/// A running `livechat-join serve`.
package final class Server: Sendable {
    private let process: Process
    package let port: Int
    /// What it has said on standard output until it listened.
    package let said: String

    private init(_ process: Process, _ port: Int, _ said: String) {
        self.process = process
        self.port = port
        self.said = said
    }

    deinit { if process.isRunning { endNow(process) } }

    /// Tests send more requests than one client may.
    private static let unlimited = ["--rate-limit", "0", "--login-limit", "0"]

    /// Starts a server on a free port and waits until it says that it listens, without rate limits.
    package static func start(
        _ database: String,
        _ arguments: [String] = [],
        umask: String? = nil
    ) async throws -> Server {
        let process = Tool.process(
            ["serve", "--database", database, "--host", "127.0.0.1", "--port", "0"] + unlimited + arguments,
            umask: umask
        )
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        return try await offThread {
            try process.run()
            var text = ""
            while !text.contains("listening on ") || !text.hasSuffix("\n") {
                let read = output.fileHandleForReading.availableData
                guard !read.isEmpty else { throw Failure(said: text) }
                text += String(decoding: read, as: UTF8.self)
            }
            guard let port = text.dropLast().split(separator: ":").last.flatMap({ Int($0) })
            else { throw Failure(said: text) }
            return Server(process, port, text)
        }
    }

    package struct Failure: Error {
        package let said: String
    }

    /// `kill -9`: no goodbye.
    package func kill() async {
        endNow(process)
        await ended()
    }

    /// SIGTERM.
    ///
    /// - Returns: The exit status.
    @discardableResult
    package func stop() async -> Int32 {
        process.terminate()
        await ended()
        return process.terminationStatus
    }

    private func ended() async {
        await offThread { [process] in process.waitUntilExit() }
    }
}

private func endNow(_ process: Process) { kill(process.processIdentifier, SIGKILL) }

extension Server {
    /// Starts a server, and stops it whatever comes of the body.
    @discardableResult
    package static func with<Value>(
        _ database: String,
        _ arguments: [String] = [],
        umask: String? = nil,
        _ body: (Server) async throws -> Value
    ) async throws -> Value {
        let server = try await start(database, arguments, umask: umask)
        do {
            let value = try await body(server)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }
}
#endif
