#if CommandLine
import Foundation
import Testing

@testable import Specification

@Suite("The command line", .serialized)
struct CommandLineTests {
    // MARK: Usage

    @Test(
        "Help on every level",
        arguments: [
            (["--help"], "Decides who may enter a livechat room, and lets them in."),
            ([], "Decides who may enter a livechat room, and lets them in."),
            (["demo", "--help"], "Show every answer that a client can get."),
            (["serve", "--help"], "Answer GET /api/v1/livechat/room.join over HTTP."),
            (["migrate", "--help"], "Make a database, or bring its schema up to date."),
            (["load", "--help"], "Put a fixture into the database: all of it or nothing."),
            (["dump", "--help"], "Write the whole state as a fixture, in stable order."),
            (["join", "--help"], "Prefer --token -, which reads it from standard input:"),
            (["events", "--help"], "Write the event log as JSON lines."),
            (["events", "new-log", "--help"], "Give the event log a new id."),
            (["help", "events"], "Write the event log as JSON lines."),
            (["backup", "--help"], "Copy the database into a new file while it is in use."),
            (["check", "--help"], "Check the whole database, and say how to mend what is wrong."),
            (["--help"], "ADMINISTRATION SUBCOMMANDS:"),
            (["room", "serve", "--help"], "The agent who serves the room; who makes the change"),
            (["room", "add", "--help"], "The agent who serves the room; who makes the change"),
            (["user"], "List and show users, add, change and remove them, and give them roles."),
            (["role", "--help"], "List and show roles, add, change, restrict and remove them."),
            (
                ["permission", "--help"],
                "List and show permissions and who holds them, add and remove them, and grant them to roles."
            ),
            (
                ["department", "--help"],
                "List and show departments, add and remove them, and say who their agents are."
            ),
            (["room", "--help"], "List and show rooms, add, change, remove and queue them."),
            (["room", "serve", "--help"], "Make a user the agent who serves a room."),
            (["token", "issue", "--help"], "Make a token for a user, and print it."),
            (["setting", "--help"], "Show and change the settings."),
        ]
    )
    func help(_ arguments: [String], _ text: String) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(arguments)
            #expect(result.status == 0)
            // Where its lines break is the parser's.
            #expect(result.output.replacing("\n", with: " ").contains(text))
            #expect(result.errors == "")
        }
    }

    @Test("The version")
    func version() async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run("--version")
            #expect(result.output == "0.1.0\n")
            #expect(result.status == 0)
        }
    }

    @Test(
        "Wrong usage is 64, and says what is wrong",
        arguments: [
            (
                ["frob"],
                "Error: There is no command 'frob' of 'livechat-join'; there are: demo, serve, migrate, load, dump, "
                    + "import, join, explain, who, where, events, backup, restore, check, user, role, permission, "
                    + "department, room, token, setting."
            ),
            (
                ["room", "closee", "r1", "--database", "chat.db"],
                "Error: There is no command 'closee' of 'livechat-join room'; there are: list, show, add, remove, set, "
                    + "open, close, serve, unserve, queue, dequeue, members, add-member, leave."
            ),
            (
                ["events", "joined"],
                "Error: There is no command 'joined' of 'livechat-join events'; there are: new-log, prune."
            ),
            (
                ["role", "grant", "agent", "view-l-room"],
                "Error: There is no command 'grant' of 'livechat-join role'; there are: list, show, add, set, "
                    + "restrict, unrestrict, remove. Did you mean 'livechat-join permission grant'?"
            ),
            (
                ["token", "issue", "u1", "--expires-in", "0s"],
                "Error: The value '0s' is invalid for '--expires-in <duration>': It is a whole number from 1 on of "
                    + "days, hours, minutes or seconds: 30d, 12h, 45m or 90s."
            ),
            (
                ["explain", "--user", "u1", "--room", "r1", "--token", "t", "--verified"],
                "Error: Give --token or --verified, not both."
            ),
            (["migrate"], "Error: Which database? Give --database PATH, or set LIVECHAT_JOIN_DATABASE."),
            (
                ["dump", "--database", ""],
                "Error: Which database? Give --database PATH, or set LIVECHAT_JOIN_DATABASE."
            ),
            (["serve", "--databse", "chat.db"], "Error: Unknown option '--databse'. Did you mean '--database'?"),
            (["load", "--database", "chat.db"], "Error: Missing expected argument '<file>'"),
            (["load", "--dry-run", "--database", "chat.db"], "Error: Missing expected argument '<file>'"),
            (["load", "x.json", "--dryrun"], "Error: Unknown option '--dryrun'. Did you mean '--dry-run'?"),
            (
                ["load", "x.json", "--merge=no", "--database", "chat.db"],
                "Error: The option '--merge' does not take any value, but 'no' was specified."
            ),
            (
                ["load", "none.json", "--database", "chat.db", "--cache", "0"],
                "Error: The value of --cache is a number of MiB, from 1 to 1048576."
            ),
            (["join", "--database", "chat.db", "--user", "ann"], "Error: Missing expected argument '--token <token>'"),
            (
                ["serve", "--database", "chat.db", "--profile", "mine"],
                "Error: The value 'mine' is invalid for '--profile <name>'. "
                    + "Please provide one of 'documented', 'rocket-chat-7' or 'rocket-chat-8'."
            ),
            (
                ["serve", "--database", "chat.db", "--port", "65536"],
                "Error: The value '65536' is invalid for '--port <port>': It is a number from 0 to 65535."
            ),
            (
                ["events", "--database", "chat.db", "--after=-1"],
                "Error: The value '-1' is invalid for '--after <cursor>': "
                    + "It is 0, the seq of an event, or its log and seq, such as 1f0a9c3e:7."
            ),
            (
                ["serve", "--database", "chat.db", "--rate-limit", "ten"],
                "Error: The value 'ten' is invalid for '--rate-limit <limit>': "
                    + "It is N/SECONDS, such as 10/60, or N for 60 seconds, or 0 for no limit. "
                    + "SECONDS can be 1 to 10000000."
            ),
            (
                ["serve", "--database", "chat.db", "--login-limit", "0/60"],
                "Error: The value '0/60' is invalid for '--login-limit <limit>': "
                    + "It is N/SECONDS, such as 10/60, or N for 60 seconds, or 0 for no limit. "
                    + "SECONDS can be 1 to 10000000."
            ),
            (
                ["serve", "--database", "chat.db", "--rate-limit", "1/10000001"],
                "Error: The value '1/10000001' is invalid for '--rate-limit <limit>': It is N/SECONDS, such as 10/60, "
                    + "or N for 60 seconds, or 0 for no limit. SECONDS can be 1 to 10000000."
            ),
            (
                ["serve", "--database", "chat.db", "--trusted-proxies", "8080"],
                "Error: --trusted-proxies is 8080; it can be 0 to 100."
            ),
            (
                ["serve", "--database", "chat.db", "--log-format", "xml"],
                "Error: The value 'xml' is invalid for '--log-format <format>'. Please provide one of 'text' and 'json'."
            ),
        ]
    )
    func usage(_ arguments: [String], _ text: String) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(arguments)
            #expect(result.status == 64)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix(text + "\n"))
        }
    }

    @Test("A log level that is none is wrong usage")
    func logLevel() async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(
                ["serve", "--database", "chat.db"],
                environment: ["LOG_LEVEL": "loud"]
            )
            #expect(result.status == 64)
            #expect(result.errors.hasPrefix(#"Error: LOG_LEVEL is "loud"; it can be trace, debug,"#))
        }
    }

    // MARK: Failures

    @Test(
        "What fails is 1 and one line",
        arguments: [
            (
                ["dump", "--database", "none.db"],
                "there is no database at none.db: make one with `livechat-join migrate --database none.db`"
            ),
            (
                ["serve", "--database", "none.db"],
                "there is no database at none.db: make one with `livechat-join migrate --database none.db`"
            ),
            (["events", "--database", "folder"], "folder is a folder: name the database file in it"),
            (["migrate", "--database", "folder"], "folder is a folder: name the database file in it"),
            (
                ["dump", "--database", "text"],
                "text is not a SQLite database: file is not a database"
            ),
            (["load", "none.json", "--database", "chat.db"], "there is no file none.json"),
            (["load", "folder", "--database", "chat.db"], "folder is a folder"),
            (["load", "bad.json", "--database", "chat.db"], #"bad.json: rooms[0].servedBy: no user "u9""#),
            (
                ["serve", "--database", "chat.db", "--host", "192.0.2.1"],
                "192.0.2.1 is not an address of this machine: give another --host"
            ),
        ]
    )
    func failure(_ arguments: [String], _ line: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let folder = program.folder.appendingPathComponent("folder")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try program.write("no database, but text that is long enough to be read as a header of one", to: "text")
            try program.write(#"{"rooms":[{"id":"r1","servedBy":"u9"}]}"#, to: "bad.json")
            let result = try await program.run(arguments)
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.withoutNotices == "livechat-join: \(line)\n")
            #expect(!FileManager.default.fileExists(atPath: program.folder.appendingPathComponent("none.db").path))
        }
    }

    @Test(
        "Output that cannot be written is 1 and one line",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))
    )
    func full() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
            let result = try await program.run(["dump", "--database", "chat.db"], output: full)
            #expect(result.status == 1)
            #expect(
                result.errors == "livechat-join: cannot write to standard output: "
                    + "its reader has gone, or there is no room left\n"
            )
        }
    }

    // MARK: Data

    @Test("migrate makes a database once")
    func migrate() async throws {
        try await CommandLineProgram.inFolder { program in
            let first = try await program.run("migrate", "--database", "chat.db")
            #expect(first.output.hasPrefix("applied 0001_"))
            #expect(first.status == 0)
            let second = try await program.run("migrate", environment: ["LIVECHAT_JOIN_DATABASE": "chat.db"])
            #expect(second.output == "up to date\n")
            #expect(second.status == 0)
        }
    }

    @Test("The option wins over the environment")
    func environment() async throws {
        try await CommandLineProgram.inFolder { program in
            let environment = ["LIVECHAT_JOIN_DATABASE": "none/none.db"]
            let result = try await program.run("migrate", "--database", "chat.db", environment: environment)
            #expect(result.status == 0)
        }
    }

    @Test("load of a dump and dump again gives the same bytes")
    func roundTrip() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let dump = try await program.run("dump", "--database", "chat.db")
            #expect(dump.status == 0)
            #expect(dump.output.contains(#""served""#))
            #expect(!dump.output.contains("anns-token"))
            try program.write(dump.output, to: "dump.json")
            _ = try await program.run("migrate", "--database", "copy.db")
            let load = try await program.run("load", "dump.json", "--database", "copy.db", "--cache", "128")
            let added = "users: 3 added\nusers.roles: 1 added\nusers.tokens: 4 added\nrooms: 4 added\n"
            #expect(load.output == "loaded dump.json\n" + added)
            #expect(try await program.run("dump", "--database", "copy.db").output == dump.output)
        }
    }

    /// Ways to load a fixture that takes a role from ann and a permission from a role, and what is said of it.
    private static let changes = [
        (["change.json"], "loaded change.json", "users.roles: 1 added, 1 removed", true),
        (["change.json", "--merge"], "loaded change.json", "users.roles: 1 added", true),
        (
            ["change.json", "--dry-run"], "dry run of change.json, nothing is written",
            "users.roles: 1 added, 1 removed", false
        ),
        (
            ["-", "--dry-run", "--merge"], "dry run of standard input, nothing is written", "users.roles: 1 added",
            false
        ),
    ]

    @Test("load says what it has changed, or with --dry-run would change", arguments: changes)
    func summary(_ arguments: [String], _ heading: String, _ users: String, _ isWritten: Bool) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let change = """
                {"users":[{"id":"ann","roles":["user"]}],
                 "permissions":[{"id":"view-l-room","roles":["livechat-agent"]}]}
                """
            try program.write(change, to: "change.json")
            let before = try await program.run("dump", "--database", "chat.db").output
            let load = ["load"] + arguments + ["--database", "chat.db"]
            let first = try await program.run(load, input: change)
            #expect(first.errors == "")
            var lines = first.output.split(separator: "\n").map(String.init)
            if !arguments.contains("--merge") {
                #expect(lines.removeLast().hasPrefix(#"permission "view-l-room": lost "admin""#))
                #expect(lines.remove(at: 1).hasPrefix("permissions.roles: "))
            }
            #expect(lines == [heading, users])
            #expect((try await program.run("dump", "--database", "chat.db").output != before) == isWritten)
            let second = try await program.run(load, input: change)
            #expect(second.output == (isWritten ? "\(heading)\nnothing differs\n" : first.output))
        }
    }

    @Test("A fixture is read from standard input, and a bad one loads nothing")
    func standardInput() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase("{}")
            let before = try await program.run("dump", "--database", "chat.db").output
            let bad = #"{"users":[{"id":"u1"}],"rooms":[{"id":"r1","servedBy":"u9"}]}"#
            let refused = try await program.run("load", "-", "--database", "chat.db", input: bad)
            #expect(refused.errors == "livechat-join: standard input: rooms[0].servedBy: no user \"u9\"\n")
            #expect(refused.status == 1)
            #expect(try await program.run("dump", "--database", "chat.db").output == before)
            let good = try await program.run("load", "-", "--database", "chat.db", input: CommandLineProgram.fixture)
            #expect(good.output.hasPrefix("loaded standard input\nusers: 3 added\n"))
            #expect(good.status == 0)
        }
    }
}
#endif
