#if CommandLine
import Foundation
import Testing

@Suite("Explaining from the command line (contract C13)", .serialized)
struct CommandLineExplainTests {
    /// A question, whether it is answered in JSON, and parts of what is said.
    static let rows: [([String], [String])] = [
        (
            ["--user", "ann", "--room", "foreign"],
            [
                "ann asks for foreign at ", #"403 {"success":false,"error":"unauthorized"}, decided by access"# + "\n",
                "✗ access        none of the rules below holds  ◄ decides", "– serving              served by ",
                "    livechat-join room serve foreign --by ann",
            ]
        ),
        (
            ["--user", "ann", "--room", "served"],
            [
                #"200 {"success":true}, decided by join, unless a rule of the host's refuses"# + "\n",
                "✓ join          would join now",
            ]
        ),
        (
            ["--user", "ann", "--room", "closed", "--profile", "rocket-chat-8"],
            ["profile rocket-chat-8", "✗ open          it is closed  ◄ decides", "    livechat-join room open closed"]
        ),
        (
            ["--user", "ann", "--room", "served", "--token", "wrong"],
            ["401 ", "✗ authenticate  active; the token is none of this user's  ◄ decides"]
        ),
        (
            ["--user", "ina", "--room", "served", "--json"],
            [
                #"{"user":"ina","room":"served","profile":"documented","at":"2"#,
                #""outcome":{"step":"authenticate","status":401"#,
            ]
        ),
        (
            ["--user", "nobody", "--room", "served"],
            ["there is no user nobody", "No cure is known: `explain` adds no user and no room"]
        ),
        (
            ["--user", "ina", "--room", "served", "--verified"],
            ["✗ authenticate  not active  ◄ decides"]
        ),
        (
            ["--user", "ann", "--room", "served", "--at", "2200-01-01T00:00:00Z"],
            ["at 2200-01-01T00:00:00.000Z", "0 of "]
        ),
    ]

    @Test("It says why, and exits 0 whatever the answer is", arguments: rows)
    func explains(_ arguments: [String], _ parts: [String]) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await program.run(["explain", "--database", "chat.db"] + arguments)
            #expect(result.status == 0)
            #expect(result.errors == "")
            for part in parts { #expect(result.output.contains(part), "\(part) in \(result.output)") }
            #expect(!result.output.contains("wrong"))
        }
    }
}
#endif
