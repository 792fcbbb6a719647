#if CommandLine
import Foundation
import ServerTesting
import Testing

@Suite("Cures that are pasted (contract C13)", .serialized)
struct CommandLineCureTests {
    /// Ids that begin with a dash, and such as a shell would read otherwise.
    static let fixture = """
        {
          "settings": { "previewRoom": false },
          "roles": [{ "id": "-agent" }, { "id": "--boss" }, { "id": "-guest 'of' $HOME", "restrictedTo": ["post"] }],
          "permissions": [
            { "id": "post" }, { "id": "view-l-room", "roles": ["-agent", "--boss"] },
            { "id": "view-livechat-rooms", "roles": ["--boss"] }
          ],
          "users": [
            { "id": "-u", "roles": ["-agent"], "tokens": [{ "token": "raw" }] },
            { "id": "--inactive", "active": false, "roles": ["-agent"], "tokens": [{ "token": "raw" }] },
            { "id": "-gus", "roles": ["-agent", "-guest 'of' $HOME"], "tokens": [{ "token": "raw" }] },
            { "id": "-out", "roles": ["-agent"] }
          ],
          "departments": [{ "id": "-d", "enabled": false }],
          "rooms": [
            { "id": "-r" }, { "id": "--closed", "open": false, "servedBy": "-u" },
            { "id": "-sold", "inquiry": { "status": "queued", "departmentId": "-d" } }
          ]
        }
        """

    /// Who asks for which room, and one of the commands that must be among the cures.
    static let rows: [(user: String, room: String, command: String)] = [
        ("-u", "-r", "room serve --by -u -- -r"), ("-u", "-r", "user assign -- -u --boss"),
        ("-u", "-r", "permission grant -- view-livechat-rooms -agent"),
        ("-u", "--closed", "room open -- --closed"), ("-u", "-sold", "department enable -- -d"),
        ("-u", "-sold", "department add-agent -- -d -u"), ("--inactive", "-r", "user set --active -- --inactive"),
        ("-gus", "-r", #"user withdraw -- -gus '-guest '\''of'\'' $HOME'"#), ("-out", "-r", "token issue -- -out"),
    ]

    @Test("Each is a command that works, whatever the ids begin with")
    func pasted() async throws {
        for (user, room) in Set(Self.rows.map { [$0.user, $0.room] }).map({ ($0[0], $0[1]) }) {
            let cures = try await Self.inDatabase { program in
                try await Self.paste("livechat-join explain --user \(user) --room \(room)", program).components(
                    separatedBy: "\n• "
                ).dropFirst().map { cure in
                    cure.split(separator: "\n").filter { $0.hasPrefix("    livechat-join ") }.map(String.init)
                }
            }
            for row in Self.rows where (row.user, row.room) == (user, room) {
                #expect(cures.joined().contains("    livechat-join \(row.command)"), "\(row.command) in \(cures)")
            }
            for cure in cures {
                try await Self.inDatabase { program in
                    var token = "raw"
                    for line in cure {
                        let output = try await Self.paste(line, program)
                        if line.contains(" token issue ") { token = output }
                    }
                    let answer = try await program.run(
                        ["join", "--user", user, "--token", "-", "--room", room, "--database", "chat.db"],
                        input: token
                    )
                    #expect(answer.status == 0, "\(cure): \(answer.errors)")
                }
            }
        }
    }

    /// Runs a line as a shell does.
    private static func paste(_ line: String, _ program: CommandLineProgram) async throws -> String {
        let path = CommandLineProgram.executable.deletingLastPathComponent().path
        let script = "cd \"$0\" && PATH=\"$1:$PATH\" && export LIVECHAT_JOIN_DATABASE=chat.db\n\(line)"
        let shell = URL(fileURLWithPath: "/bin/sh")
        let result = try await ChildProcess.run(shell, ["-c", script, program.folder.path, path])
        #expect(result.status == 0, "\(line): \(result.errors)")
        return result.output
    }

    private static func inDatabase<Result>(_ body: (CommandLineProgram) async throws -> Result) async throws -> Result {
        try await CommandLineProgram.inFolder { program in
            try #require(try await program.run("migrate", "--empty", "--database", "chat.db").status == 0)
            let load = try await program.run("load", "-", "--database", "chat.db", input: fixture)
            try #require(load.status == 0, "\(load.errors)")
            return try await body(program)
        }
    }
}
#endif
