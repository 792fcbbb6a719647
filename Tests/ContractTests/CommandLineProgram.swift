#if CommandLine
import Foundation
import Testing

/// The built program, run as a user runs it.
struct CommandLineProgram {
    /// What a run left behind.
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// A fresh folder, in which the program runs and which is removed with this value.
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("livechat-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    /// Runs the body in a fresh folder.
    static func inFolder<Value>(_ body: (CommandLineProgram) async throws -> Value) async throws -> Value {
        let program = try CommandLineProgram()
        defer { try? FileManager.default.removeItem(at: program.folder) }
        return try await body(program)
    }

    /// The program stands beside the test bundle.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("livechat-join")

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    /// What a sanitizer has been told, which holds for the program as well.
    private static let sanitizers = ProcessInfo.processInfo.environment.filter { variable in
        ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"].contains(variable.key)
    }

    func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = environment.merging(["TMPDIR": folder.path]) { given, _ in given }
            .merging(Self.sanitizers) { given, _ in given }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs the program to its end.
    func run(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        output: FileHandle? = nil
    ) async throws -> Result {
        let process = process(arguments, environment: environment)
        let id = UUID().uuidString
        let files = try ["in", "out", "err"].map { name in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(id).\(name)")
            try Data(name == "in" ? Array(input.utf8) : []).write(to: file)
            return file
        }
        let input = try FileHandle(forReadingFrom: files[0])
        let standardOutput: FileHandle = try output ?? FileHandle(forWritingTo: files[1])
        let errors = try FileHandle(forWritingTo: files[2])
        defer {
            // A process keeps its handles for longer than it runs.
            for handle in [input, standardOutput, errors] { try? handle.close() }
            for file in files { try? FileManager.default.removeItem(at: file) }
        }
        process.standardInput = input
        process.standardOutput = standardOutput
        process.standardError = errors
        let status = try await process.runToEnd()
        return Result(
            status: status,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
        )
    }

    /// Runs the program to its end.
    func run(
        _ arguments: String...,
        input: String = "",
        environment: [String: String] = [:]
    ) async throws -> Result {
        try await run(arguments, input: input, environment: environment)
    }

    /// Makes the database `chat.db` with a fixture.
    func makeDatabase(_ fixture: String = Self.fixture) async throws {
        try #require(try await run("migrate", "--database", "chat.db").status == 0)
        try #require(try await run("load", "-", "--database", "chat.db", input: fixture).status == 0)
    }

    static let fixture = """
        {
          "users": [
            { "id": "ann", "roles": ["livechat-agent"], "tokens": [
              { "token": "anns-token" }, { "token": "old", "expiresAt": "2020-01-01T00:00:00Z" }] },
            { "id": "ben", "tokens": [{ "token": "bens-token" }] },
            { "id": "ina", "active": false, "tokens": [{ "token": "inas-token" }] }
          ],
          "rooms": [
            { "id": "served", "servedBy": "ann" }, { "id": "other", "servedBy": "ann" },
            { "id": "closed", "servedBy": "ann", "open": false }, { "id": "foreign" }
          ]
        }
        """
}

extension Process {
    /// Starts the process and waits for its end without holding a thread.
    func runToEnd() async throws -> Int32 {
        let (ends, announce) = AsyncStream.makeStream(of: Int32.self)
        terminationHandler = { announce.yield($0.terminationStatus) }
        try run()
        for await status in ends { return status }
        throw CancellationError()
    }
}

/// A program that goes on running; its output is read line by line.
final class RunningProgram {
    let process: Process
    private let lines: AsyncStream<String>
    private let ends: AsyncStream<Int32>

    init(_ process: Process, errors: FileHandle = .nullDevice) throws {
        self.process = process
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = errors
        let reading = pipe.fileHandleForReading
        // Not by a readabilityHandler: on Linux libdispatch can crash where such handlers come and go.
        Thread.detachNewThread {
            var rest = Data()
            while case let data = reading.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    line.yield(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[(end + 1)...])
                }
            }
            line.finish()
        }
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.yield(process.terminationStatus)
            end.finish()
        }
        self.lines = lines
        self.ends = ends
        try process.run()
    }

    /// The next line of standard output, or nil when it has ended.
    func nextLine() async -> String? { await lines.first { _ in true } }

    /// The exit status, once the process has ended.
    func status() async -> Int32? { await ends.first { _ in true } }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}

extension String {
    /// What a command said on standard error, without what `serve` says of this machine's version of SQLite.
    var withoutNotices: String {
        split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains(" notice livechat-join: ") }
            .joined(separator: "\n")
    }
}
#endif
