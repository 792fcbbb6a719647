#if CommandLine
import Foundation
import LivechatJoin
import Testing

@Suite("The event log from the command line", .serialized)
struct CommandLineEventsTests {
    private static func inDatabase(_ body: (CommandLineProgram) async throws -> Void) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await body(program)
        }
    }

    private static func run(_ program: CommandLineProgram, _ command: String) async throws -> CommandLineProgram.Result
    {
        // Nobody acts in the name that the environment has.
        try await program.run(
            command.split(separator: " ").map(String.init),
            environment: ["LIVECHAT_JOIN_DATABASE": "chat.db", "USER": "mallory", "LOGNAME": "mallory"]
        )
    }

    /// What the events say, without what no test can know, which are their time and their log.
    private static func events(_ program: CommandLineProgram, _ options: String = "") async throws -> [String] {
        try await run(program, "events \(options)").output.split(separator: "\n").map { line in
            String(line.replacing(/"at":"[^"]*",/, with: "").replacing(/,"log":"[0-9a-f]{8}"}$/, with: "}"))
        }
    }

    /// The user of the system who runs the tests.
    private static let user: String = {
        guard let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name else {
            return "\(getuid())"
        }
        return unsafe String(cString: name)
    }()

    @Test(
        "A command that changes something says who did it",
        arguments: [
            ("room close served --by mia", #""kind":"roomClosed","roomId":"served","by":"mia""#),
            ("room close served --actor mia", #""kind":"roomClosed","roomId":"served","by":"mia""#),
            ("room close served", #""kind":"roomClosed","roomId":"served","by":"\#(user)""#),
            (
                "room serve served --by ben --actor mia",
                #""kind":"roomServed","roomId":"served","userId":"ben","by":"mia""#
            ),
            ("room serve served --by ben", #""kind":"roomServed","roomId":"served","userId":"ben","by":"\#(user)""#),
            ("setting preview-room on --by -mia", #""kind":"previewRoomSet","on":true,"by":"-mia""#),
            ("token revoke ben --all --by mia", #""kind":"tokensRevoked","userId":"ben","tokens":1,"by":"mia""#),
            ("room leave served ben", nil), ("room open served", nil), ("user set ann --active", nil),
        ]
    )
    func actor(_ command: String, _ event: String?) async throws {
        try await Self.inDatabase { program in
            let result = try await Self.run(program, command)
            #expect(result.status == 0, "\(result.errors)")
            let expected = event.map { [#"{"seq":2,\#($0)}"#] } ?? []
            #expect(try await Self.events(program, "--after 1") == expected)
        }
    }

    @Test("load and new-log say who did it, and what")
    func others() async throws {
        try await Self.inDatabase { program in
            try program.write(#"{"rooms":[{"id":"new"}]}"#, to: "more.json")
            #expect(try await Self.run(program, "load more.json --dry-run --by mia").status == 0)
            #expect(try await Self.events(program, "--after 1") == [])
            #expect(try await Self.run(program, "load more.json --by mia").status == 0)
            let log = try #require(try await Self.run(program, "events").output.firstMatch(of: /"log":"([^"]*)"/)).1
            #expect(try await Self.run(program, "events new-log --by ben").status == 0)
            #expect(
                try await Self.events(program, "--after 1") == [
                    #"{"seq":2,"kind":"loaded","rooms.added":1,"by":"mia"}"#,
                    #"{"seq":3,"kind":"newEventLogStarted","previousLog":"\#(log)","by":"ben"}"#,
                ]
            )
        }
    }

    @Test("user set and role set with two options write two events at one time")
    func together() async throws {
        try await Self.inDatabase { program in
            let commands = [
                "user set ina --active --username Ina --by mia",
                "role set guest --scope Subscriptions --description d --by mia",
            ]
            for command in commands { #expect(try await Self.run(program, command).status == 0) }
            let events = try await Self.events(program, "--after 1")
            #expect(
                events == [
                    #"{"seq":2,"kind":"userActivated","userId":"ina","by":"mia"}"#,
                    #"{"seq":3,"kind":"usernameSet","userId":"ina","username":"Ina","by":"mia"}"#,
                    #"{"seq":4,"kind":"roleScopeSet","roleId":"guest","scope":"Subscriptions","by":"mia"}"#,
                    #"{"seq":5,"kind":"roleDescriptionSet","description":"d","roleId":"guest","by":"mia"}"#,
                ]
            )
        }
    }

    @Test("--kind picks kinds, and says so of one that nothing writes")
    func kinds() async throws {
        try await Self.inDatabase { program in
            for command in ["room close served", "room open served", "room close served"] {
                #expect(try await Self.run(program, command + " --by mia").status == 0)
            }
            let closed = [2, 4].map { #"{"seq":\#($0),"kind":"roomClosed","roomId":"served","by":"mia"}"# }
            #expect(try await Self.events(program, "--kind roomClosed") == closed)
            #expect(try await Self.events(program, "--kind joined roomClosed --after 2") == [closed[1]])
            let unknown = try await Self.run(program, "events --kind roomclosed")
            #expect(unknown.status == 0)
            #expect(unknown.output == "")
            let strange = try await Self.run(program, "events --kind zoned").errors
            #expect(
                strange.hasPrefix(#"livechat-join: "zoned" is not a kind that this version writes; it writes joined, "#)
            )
            #expect(strange.hasSuffix(", newEventLogStarted\n"))
            #expect(
                unknown.errors == """
                    livechat-join: "roomclosed" is not a kind that this version writes; did you mean roomClosed?

                    """
            )
        }
    }

    @Test(
        "--cursors gives a reader of some kinds a cursor that pruning of the others leaves good",
        arguments: [false, true]
    )
    func cursors(follow: Bool) async throws {
        try await Self.inDatabase { program in
            for command in ["room close served", "room open served"] {
                #expect(try await Self.run(program, command + " --by mia").status == 0)
            }
            var lines: [String] = []
            let options = "events --after 1 --kind roomClosed --cursors"
            if follow {
                let arguments = (options + " --follow --database chat.db").split(separator: " ").map(String.init)
                let events = try RunningProgram(program.process(arguments))
                while lines.count < 2, let line = await events.nextLine() { lines.append(line) }
                events.process.terminate()
                #expect(await events.status() == 0)
            } else {
                lines = try await Self.run(program, options).output.split(separator: "\n").map(String.init)
            }
            #expect(lines.count == 2)
            #expect(lines.first?.hasPrefix(#"{"seq":2,"#) == true)
            let cursor = try #require(lines.last?.wholeMatch(of: /\{"cursor":"([0-9a-f]{8}:3)"\}/)?.1)
            #expect(try await Self.run(program, "events prune --before 4").status == 0)
            #expect(try await Self.run(program, "events --kind roomClosed --after 2").status == 1)
            let result = try await Self.run(program, "events --kind roomClosed --after \(cursor)")
            #expect(result.status == 0, "\(result.errors)")
            let last = try await Self.run(program, "events --kind roomClosed --cursors --after \(cursor)").output
            #expect(last.hasSuffix(#":4"}"# + "\n"), "\(last)")
        }
    }

    @Test("prune removes the oldest events, says how many, and makes cursors before them errors")
    func prune() async throws {
        try await Self.inDatabase { program in
            for command in ["room close served", "room open served"] {
                #expect(try await Self.run(program, command + " --by mia").status == 0)
            }
            let beyond = try await Self.run(program, "events prune --before 5")
            #expect(beyond.status == 1)
            #expect(
                beyond.errors == "livechat-join: there is no event 5 to prune before: the event log ends at 3, "
                    + "and 4 prunes all of it\n"
            )
            #expect(try await Self.run(program, "events prune --before 1").output == "0 events removed\n")
            #expect(try await Self.run(program, "events prune --before 2 --by mia").output == "1 event removed\n")
            #expect(
                try await Self.events(program) == [
                    #"{"seq":2,"kind":"roomClosed","roomId":"served","by":"mia"}"#,
                    #"{"seq":3,"kind":"roomOpened","roomId":"served","by":"mia"}"#,
                    #"{"seq":4,"kind":"eventsPruned","before":2,"events":1,"by":"mia"}"#,
                ]
            )
            #expect(try await Self.run(program, "events prune --before 4").output == "2 events removed\n")
            let behind = try await Self.run(program, "events --after 2")
            #expect(behind.status == 1)
            #expect(behind.errors.hasPrefix("livechat-join: events that follow the cursor 2 have been removed, "))
            #expect(try await Self.run(program, "check").status == 0)
        }
    }

    private static let long = String(repeating: "x", count: 257)

    @Test(
        "Wrong usage is 64, says what is wrong, and changes nothing",
        arguments: [
            ("room close served --by=", "Missing value for '--by <name>'"),
            (
                "room close served --by \(long)",
                "The value '\(long)' is invalid for '--by <name>': It has 257 bytes, an id has 1 to 256."
            ),
            ("events prune", "Missing expected argument '--before <cursor>'"),
            (
                "events prune --before x",
                "The value 'x' is invalid for '--before <cursor>': It is 0, the seq of an event, "
                    + "or its log and seq, such as 1f0a9c3e:7."
            ),
        ]
    )
    func usage(_ command: String, _ text: String) async throws {
        try await Self.inDatabase { program in
            let result = try await Self.run(program, command)
            #expect(result.status == 64)
            #expect(result.output == "")
            #expect(result.errors.hasPrefix("Error: \(text)\n"), "\(result.errors)")
            #expect(try await Self.events(program, "--after 1") == [])
        }
    }
}
#endif
