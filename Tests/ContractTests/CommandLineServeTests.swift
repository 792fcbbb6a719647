#if CommandLine
import Foundation
import Testing

@testable import Specification

@Suite("Serving from the command line", .serialized)
struct CommandLineServeTests {
    /// Starts a server on a free port and runs the body with it.
    private func serving(
        _ program: CommandLineProgram,
        _ arguments: [String] = [],
        _ body: (RunningProgram, Int) async throws -> Void
    ) async throws {
        let server = try RunningProgram(
            program.process(["serve", "--port", "0", "--database", "chat.db"] + arguments)
        )
        let line = try #require(await server.nextLine())
        let start = "listening on http://127.0.0.1:"
        #expect(line.hasPrefix(start))
        try await body(server, try #require(Int(line.dropFirst(start.count))))
    }

    private func get(_ uri: String, port: Int) async throws -> String {
        let headers = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: "anns-token")]
        let response = try await Wire.ask(port: port, target: uri, headers)
        return "\(response.answer.status) \(response.answer.body)"
    }

    private static let join = "/api/v1/livechat/room.join?roomId="

    @Test("serve answers, and a signal ends it with 0", arguments: [SIGTERM, SIGINT])
    func serve(_ signal: Int32) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { server, port in
                for (uri, expected) in [
                    (Self.join + "served", #"200 {"success":true}"#),
                    (Self.join + "foreign", #"403 {"success":false,"error":"unauthorized"}"#),
                    ("/livez", #"200 {"success":true}"#),
                    ("/readyz", #"200 {"success":true}"#),
                    ("/", #"404 {"success":false,"error":"Not Found"}"#),
                ] {
                    let answer = try await get(uri, port: port)
                    #expect(answer == expected)
                }
                kill(server.process.processIdentifier, signal)
                #expect(await server.status() == 0)
                #expect(await server.nextLine() == nil)
            }
            let events = try await program.run("events", "--database", "chat.db").output
            #expect(events.split(separator: "\n").count == 1)
        }
    }

    @Test("A profile is kept")
    func profile() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program, ["--profile", "rocket-chat-8"]) { _, port in
                let answer = try await get(Self.join + "foreign", port: port)
                #expect(answer == #"400 {"success":false,"error":"error-not-allowed"}"#)
            }
        }
    }

    @Test("What another process changes, the next request sees")
    func otherProcess() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let closing = #"{"rooms":[{"id":"served","open":false}]}"#
                _ = try await program.run("load", "-", "--database", "chat.db", input: closing)
                let answer = try await get(Self.join + "served", port: port)
                #expect(answer == #"400 {"success":false,"error":"room-closed"}"#)
            }
        }
    }

    @Test("A join that was answered outlives kill -9")
    func killed() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { server, port in
                let answer = try await get(Self.join + "served", port: port)
                #expect(answer == #"200 {"success":true}"#)
                kill(server.process.processIdentifier, SIGKILL)
                _ = await server.status()
            }
            let events = try await program.run("events", "--database", "chat.db").output
            #expect(events.hasPrefix(#"{"seq":1,"kind":"joined","#))
        }
    }

    @Test("A port in use is one line")
    func portInUse() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let second = try await program.run("serve", "--port", "\(port)", "--database", "chat.db")
                #expect(second.status == 1)
                #expect(second.output == "")
                #expect(
                    second.errors.withoutNotices == "livechat-join: port \(port) on 127.0.0.1 is in use: "
                        + "end what listens there, or give another --port\n"
                )
            }
        }
    }

    @Test("The demo shows every answer in 120 columns, finds all right, and leaves nothing behind")
    func demo() async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run("demo")
            #expect(result.status == 0)
            #expect(result.errors == "")
            let lines = result.output.split(separator: "\n")
            #expect(lines.last == "All 14 answers are what the contract says, byte for byte.")
            #expect(lines.count { $0.hasPrefix("✓ ") } == 14)
            #expect(lines.allSatisfy { $0.count <= 120 })
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
        }
    }
}
#endif
