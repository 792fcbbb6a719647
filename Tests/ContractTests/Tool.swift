#if CommandLine
import Foundation
import Synchronization

/// The built `livechat-join`, as a process of its own.
enum Tool {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs a command to its end.
    static func run(_ arguments: [String], input: String? = nil) async throws -> Result {
        let process = process(arguments)
        let (output, errors, given) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = given
        return try await withCheckedThrowingContinuation { continuation in
            // Reading until the end of a pipe blocks, which no thread of the cooperative pool may.
            DispatchQueue.global().async {
                do {
                    try process.run()
                    let errorReader = Reader(errors)
                    if let input { try given.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
                    try given.fileHandleForWriting.close()
                    let read = try output.fileHandleForReading.readToEnd() ?? Data()
                    let errorText = errorReader.text()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Result(
                            status: process.terminationStatus,
                            output: String(decoding: read, as: UTF8.self),
                            errors: errorText
                        )
                    )
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    fileprivate static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("livechat-join")
        process.arguments = arguments
        return process
    }

    /// Reads one pipe while another is read, so that neither fills up.
    private final class Reader: Sendable {
        private let done = DispatchSemaphore(value: 0)
        private let data = Mutex(Data())

        init(_ pipe: Pipe) {
            DispatchQueue.global().async { [self] in
                let read = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
                data.withLock { $0 = read }
                done.signal()
            }
        }

        func text() -> String {
            done.wait()
            return data.withLock { String(decoding: $0, as: UTF8.self) }
        }
    }
}

/// A running `livechat-join serve`.
final class Server: Sendable {
    private let process: Process
    let port: Int

    private init(_ process: Process, _ port: Int) {
        self.process = process
        self.port = port
    }

    /// Starts a server on a free port and waits until it says that it listens.
    static func start(_ database: String, _ arguments: [String] = []) async throws -> Server {
        let process = Tool.process(
            ["serve", "--database", database, "--host", "127.0.0.1", "--port", "0"] + arguments
        )
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                do {
                    try process.run()
                    var text = ""
                    while !text.contains("\n") {
                        let read = output.fileHandleForReading.availableData
                        guard !read.isEmpty else { throw Failure(said: text) }
                        text += String(decoding: read, as: UTF8.self)
                    }
                    guard let port = text.split(separator: "\n")[0].split(separator: ":").last.flatMap({ Int($0) })
                    else { throw Failure(said: text) }
                    continuation.resume(returning: Server(process, port))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    struct Failure: Error {
        let said: String
    }

    /// `kill -9`: no goodbye.
    func kill() async throws {
        let killer = Process()
        killer.executableURL = URL(fileURLWithPath: "/bin/kill")
        killer.arguments = ["-9", "\(process.processIdentifier)"]
        try killer.run()
        await ended()
    }

    /// SIGTERM.
    ///
    /// - Returns: The exit status.
    @discardableResult
    func stop() async -> Int32 {
        process.terminate()
        await ended()
        return process.terminationStatus
    }

    private func ended() async {
        let process = process
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                process.waitUntilExit()
                continuation.resume()
            }
        }
    }
}

extension Server {
    /// Starts a server, and stops it whatever comes of the body.
    static func with<Value>(
        _ database: String,
        _ arguments: [String] = [],
        _ body: (Server) async throws -> Value
    ) async throws -> Value {
        let server = try await start(database, arguments)
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
