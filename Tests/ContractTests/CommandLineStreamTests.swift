#if CommandLine
import Foundation
import ServerTesting
import Testing

@testable import Specification
@testable import livechat_join

@Suite("Streams that are full, closed or not read (C21)", .serialized)
struct CommandLineStreamTests {
    /// Runs the program as `$0` in a script.
    private static func shell(_ program: CommandLineProgram, _ script: String) async throws -> ChildProcess.Result {
        try await ChildProcess.run(
            URL(filePath: "/bin/sh"),
            ["-c", "cd \(program.folder.path) && " + script, CommandLineProgram.executable.path]
        )
    }

    /// Every command that writes something.
    static let commands = [
        "--version", "--help", "help", "help load", "", "--generate-completion-script bash", "demo --help",
        "serve --help",
        "demo", "migrate --database chat.db", "migrate --database new.db", "load empty.json --database chat.db",
        "load - --database chat.db < empty.json", "dump --database chat.db", "events --database chat.db",
        "events --database chat.db --follow", "check --database chat.db", "backup copy.db --database chat.db",
        "restore chat.db --database new.db", "join --user ann --token anns-token --room served --database chat.db",
    ]

    @Test("Output that nobody gets is not 0", arguments: commands, [">/dev/full", ">&-"])
    func unwritten(_ command: String, _ output: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try program.write("{}", to: "empty.json")
            _ = try await program.run([
                "join", "--user", "ann", "--token", "anns-token", "--room", "served", "--database", "chat.db",
            ])
            let result = try await Self.shell(program, #""$0" \#(command) \#(output)"#)
            #expect(result.status == 1)
            #expect(
                result.errors == "livechat-join: cannot write to standard output: "
                    + "its reader has gone, or there is no room left\n"
            )
        }
    }

    @Test(
        "Errors that nobody gets leave the exit status",
        arguments: ["2>/dev/full", "2>&-", "2>&- >&-", "2>&- >&- <&-"]
    )
    func errors(_ streams: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            for (command, status) in [("frob", 64), ("dump --database none.db", 1), ("migrate", 64)] {
                #expect(try await Self.shell(program, #""$0" \#(command) \#(streams)"#).status == Int32(status))
            }
            // Nothing was written to a file that got the number of a stream.
            #expect(try await program.run("check", "--database", "chat.db").status == 0)
        }
    }

    @Test("Input that cannot be read is 1", arguments: ["<&-", "< ."])
    func input(_ streams: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await Self.shell(program, #""$0" load - --database chat.db \#(streams)"#)
            #expect(result.status == 1)
            #expect(result.errors == "livechat-join: standard input cannot be read\n")
        }
    }

    // MARK: Serving

    /// How a server's streams are.
    enum Streams: String, CaseIterable {
        case unread, closed, full
    }

    private static func get(_ uri: String, _ port: Int, token: String = "anns-token") async throws -> Int {
        let headers = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: token)]
        return try await Wire.ask(port: port, target: uri, headers).answer.status
    }

    /// A port that was free a moment ago: a server whose output nobody reads cannot say which it took.
    private static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(socket, pointer, size) == 0 ? unsafe getsockname(socket, pointer, &size) : -1
            }
        }
        try #require(code == 0)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    @Test("It answers and stops whatever becomes of its output and its log", arguments: Streams.allCases)
    func serve(_ streams: Streams) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let port = try Self.freePort()
            let arguments = [
                "serve", "--database", "chat.db", "--port", "\(port)", "--log-level", "debug", "--rate-limit", "0",
            ]
            let process = program.process(arguments)
            let (output, errors) = (Pipe(), Pipe())
            switch streams {
            case .unread:
                // As much as a pipe takes: the server's first line finds no room.
                try output.fileHandleForWriting.write(contentsOf: Data(repeating: 0x0a, count: 1 << 16))
                process.standardOutput = output
                process.standardError = errors
            case .closed:
                process.executableURL = URL(filePath: "/bin/sh")
                process.arguments =
                    ["-c", #"exec "$0" "$@" >&- 2>&- <&-"#, CommandLineProgram.executable.path] + arguments
            case .full:
                process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
                process.standardError = FileHandle(forWritingAtPath: "/dev/full")
            }
            async let status = process.runToEnd()
            while (try? await Self.get("/livez", port)) != 200 { try Task.checkCancellation() }
            // More lines than a pipe takes.
            let join = "/api/v1/livechat/room.join?roomId="
            for _ in 0..<800 { #expect(try await Self.get(join + String(repeating: "x", count: 200), port) == 400) }
            for _ in 0..<20 { #expect(try await Self.get(join + "served", port, token: "wrong") == 401) }
            #expect(try await Self.get(join + "served", port) == 200)
            for name in ["chat.db", "chat.db-wal", "chat.db-shm"] {
                try FileManager.default.moveItem(
                    at: program.folder.appending(path: name),
                    to: program.folder.appending(path: "moved-" + name)
                )
            }
            for _ in 0..<100 { #expect(try await Self.get(join + "other", port) == 503) }
            #expect(try await Self.get("/livez", port) == 200)
            #expect(try await Self.get("/readyz", port) == 503)
            kill(process.processIdentifier, SIGTERM)
            #expect(try await status == 0)
            try? output.fileHandleForWriting.close()
            try? errors.fileHandleForWriting.close()
        }
    }

    @Test("A failing store and refused logins are a line and counts, in text and in JSON", arguments: ["text", "json"])
    func repeated(_ format: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let log = program.folder.appending(path: "log")
            try Data().write(to: log)
            let process = program.process([
                "serve", "--port", "0", "--database", "chat.db", "--log-format", format, "--rate-limit", "0",
                "--login-limit", "0",
            ])
            let server = try RunningProgram(process, errors: FileHandle(forWritingTo: log))
            let line = try #require(await server.nextLine())
            let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
            let join = "/api/v1/livechat/room.join?roomId=served"
            for number in 0..<50 { #expect(try await Self.get(join, port, token: "wrong-\(number)") == 401) }
            try FileManager.default.moveItem(
                at: program.folder.appending(path: "chat.db"),
                to: program.folder.appending(path: "moved.db")
            )
            for _ in 0..<50 { #expect(try await Self.get(join, port) == 503) }
            kill(process.processIdentifier, SIGTERM)
            #expect(await server.status() == 0)
            let lines = String(decoding: try Data(contentsOf: log), as: UTF8.self).split(separator: "\n").map {
                String($0)
            }
            #expect(!lines.contains { $0.contains("wrong-") })
            for message in ["login refused", "join failed"] {
                let found = lines.filter { $0.contains(message) }
                // One at once, and one for each second that it took, which is not the test's to say.
                #expect((2...40).contains(found.count), "\(found)")
                let counts = found.map { line in
                    line.firstMatch(of: /count("?[:=])(\d+)/).flatMap { Int($0.output.2) } ?? 1
                }
                #expect(counts.reduce(0, +) == 50)
                #expect(counts.first == 1)
            }
            if format == "json" {
                for line in lines {
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    #expect(object?["message"] is String && object?["level"] is String && object?["time"] is String)
                }
            }
        }
    }
}
#endif
