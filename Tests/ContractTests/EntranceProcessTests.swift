#if CommandLine
import ServerTesting
import Testing

@testable import Specification

/// The rows of ``EntranceTests`` through the built program (contract C1, C2 and C11).
@Suite struct EntranceProcessTests {
    @Test("The command")
    func command() async throws {
        try await Engine.with(EntranceRow.processWorld) { engine in
            for row in EntranceRow.all {
                guard let room = row.commandRoom else { continue }
                let result = try await Tool.run([
                    "join", "--database", engine.path, "--user", row.userIDs[0], "--token", row.tokens[0],
                    "--room", room,
                ])
                #expect(result.output.contains("\(row.expected.status)"), "\(row.name): \(result)")
                #expect(result.output.contains(row.expected.body), "\(row.name): \(result)")
                #expect((result.status == 0) == (row.expected.status == 200), "\(row.name): \(result)")
            }
        }
    }

    @Test("A server process")
    func serve() async throws {
        try await Engine.with(EntranceRow.processWorld) { engine in
            try await Server.with(engine.path) { server in
                for row in EntranceRow.all where row.onTheWire {
                    let response = try await Wire.ask(port: server.port, row.request)
                    #expect(response.answer == row.expected, "\(row.name)")
                }
            }
        }
    }
}
#endif
