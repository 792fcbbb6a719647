#if CommandLine
import Foundation
import Testing

@Suite("Joining and reading events from the command line", .serialized)
struct CommandLineJoinTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var user = "ann"
        var token = "anns-token"
        var room = "served"
        var profile = "documented"
        var answer: String
        var reason: String?

        var testDescription: String { "\(user), \(token), \(room), \(profile)" }
    }

    private static let notLoggedIn = #"401 {"status":"error","message":"You must be logged in to do this."}"#

    static let rows = [
        Row(answer: #"200 {"success":true}"#),
        Row(
            token: "wrong",
            answer: notLoggedIn,
            reason: "authenticate refused: no such token is stored for this user"
        ),
        Row(token: "", answer: notLoggedIn, reason: "authenticate refused: no user id or no token was sent"),
        Row(token: "old", answer: notLoggedIn, reason: "authenticate refused: the token has expired"),
        Row(
            user: "ina",
            token: "inas-token",
            answer: notLoggedIn,
            reason: "authenticate refused: the user is not active"
        ),
        Row(
            user: "ben",
            token: "bens-token",
            answer: #"403 {"success":false,"error":"User does not have the permissions required for this action "#
                + #"[error-unauthorized]"}"#,
            reason: "authorize refused: no role of the user is granted view-l-room"
        ),
        Row(
            room: "nowhere",
            answer: #"400 {"success":false,"error":"error-invalid-room"}"#,
            reason: "find refused: there is no livechat room with this id"
        ),
        Row(
            room: "closed",
            answer: #"400 {"success":false,"error":"room-closed"}"#,
            reason: "open refused: the room is closed"
        ),
        Row(
            room: "foreign",
            answer: #"403 {"success":false,"error":"unauthorized"}"#,
            reason: "access refused: nothing lets the user into this room: served by nobody; it has no inquiry; "
                + "previewRoom is off"
        ),
        Row(
            room: "foreign",
            profile: "rocket-chat-7",
            answer: #"400 {"success":false,"error":"error-not-allowed"}"#,
            reason: "access refused: nothing lets the user into this room: served by nobody; it has no inquiry; "
                + "previewRoom is off"
        ),
    ]

    @Test("join prints status and body, and says why not", arguments: rows)
    func join(_ row: Row) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            for input in [nil, row.token, row.token + "\n", row.token + "\r\n"] {
                let result = try await program.run(
                    "join",
                    "--user",
                    row.user,
                    "--token",
                    input == nil ? row.token : "-",
                    "--room",
                    row.room,
                    "--profile",
                    row.profile,
                    "--database",
                    "chat.db",
                    input: input ?? ""
                )
                #expect(result.output == row.answer + "\n")
                #expect(result.errors == (row.reason.map { "livechat-join: \($0)\n" } ?? ""))
                #expect(result.status == (row.reason == nil ? 0 : 1))
            }
        }
    }

    @Test(
        "Only one newline is taken off a token from standard input",
        arguments: [
            "anns-token\n\n", " anns-token", "anns-token \n", "\nanns-token",
        ]
    )
    func token(_ input: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let arguments = ["join", "--user", "ann", "--token", "-", "--room", "served", "--database", "chat.db"]
            let result = try await program.run(arguments, input: input)
            #expect(result.output == Self.notLoggedIn + "\n")
            #expect(result.status == 1)
        }
    }

    @Test("A dry run decides the same, and writes nothing", arguments: rows)
    func dryRun(_ row: Row) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await program.run(
                ["join", "--user", row.user, "--token", row.token, "--room", row.room, "--profile", row.profile]
                    + ["--database", "chat.db", "--dry-run"]
            )
            #expect(result.output == row.answer + "\n")
            #expect(result.errors == (row.reason.map { "livechat-join: \($0)\n" } ?? ""))
            #expect(result.status == (row.reason == nil ? 0 : 1))
            let events = try await program.run(["events", "--kind", "joined", "--database", "chat.db"])
            #expect(events.output == "")
            #expect(events.status == 0)
        }
    }

    @Test("A token may begin with a dash, as one that was issued can")
    func dash() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let arguments = ["join", "--user", "ann", "--token", "-token", "--room", "-room", "--database", "chat.db"]
            let result = try await program.run(arguments)
            #expect(result.output == Self.notLoggedIn + "\n")
            #expect(result.status == 1)
        }
    }

    private func joinRoom(_ room: String, _ program: CommandLineProgram) async throws {
        let result = try await program.run(
            ["join", "--user", "ann", "--token", "anns-token", "--room", room, "--database", "chat.db"]
        )
        #expect(result.status == 0)
    }

    private static func isEvent(_ line: String?, _ sequence: Int, _ room: String) -> Bool {
        let time = #"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"#
        let pattern =
            #"^\{"seq":\#(sequence),"kind":"joined","at":"\#(time)","roomId":"\#(room)","userId":"ann","log":"[0-9a-f]{8}"\}$"#
        return line?.range(of: pattern, options: .regularExpression) != nil
    }

    @Test("events writes what comes after the cursor, once for every join that was written")
    func events() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            for room in ["served", "served", "other"] { try await joinRoom(room, program) }
            let all = try await program.run("events", "--database", "chat.db")
            let lines = all.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            try #require(lines.count == 4 && lines[3] == "")
            #expect(lines[0].hasPrefix(#"{"seq":1,"kind":"loaded","#))
            #expect(Self.isEvent(lines[1], 2, "served"))
            #expect(Self.isEvent(lines[2], 3, "other"))
            #expect(try await program.run("events", "--after", "2", "--database", "chat.db").output == lines[2] + "\n")
            #expect(try await program.run("events", "--after", "3", "--database", "chat.db").output == "")
        }
    }

    @Test("events --follow writes what other processes do, until interrupted", arguments: [SIGINT, SIGTERM])
    func follow(_ signal: Int32) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await joinRoom("served", program)
            let arguments = ["events", "--kind", "joined", "--follow", "--database", "chat.db"]
            let follower = try RunningProgram(program.process(arguments))
            #expect(Self.isEvent(await follower.nextLine(), 2, "served"))
            #expect(try await program.run("room", "close", "served", "--database", "chat.db").status == 0)
            try await joinRoom("other", program)
            #expect(Self.isEvent(await follower.nextLine(), 4, "other"))
            kill(follower.process.processIdentifier, signal)
            #expect(await follower.status() == 0)
            #expect(await follower.nextLine() == nil)
        }
    }
}
#endif
