#if CommandLine && Import
import Foundation
import ImportTesting
import Testing

@Suite("Import from the command line", .serialized)
struct CommandLineImportTests {
    private static let users = """
        {"_id":"ann","username":"ann","roles":["livechat-agent"],"services":{"resume":{"loginTokens":[\
        {"when":{"$date":"2026-01-01T00:00:00Z"},"token":"raw-of-ann"}]}}}
        {"_id":"guest","type":"visitor"}
        """
    private static let room = #"{"_id":"r1","t":"l","open":true,"servedBy":{"_id":"ann"}}"#

    private static func inExport(
        _ room: String = room,
        _ body: (CommandLineProgram) async throws -> Void
    ) async throws {
        try await CommandLineProgram.inFolder { program in
            let folder = program.folder.appendingPathComponent("dump")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try program.write(users, to: "dump/users.json")
            try program.write(room, to: "dump/rocketchat_room.json")
            try #require(try await program.run("migrate", "--database", "chat.db").status == 0)
            try await body(program)
        }
    }

    private static func mode(_ program: CommandLineProgram, _ file: String) throws -> Int? {
        let path = program.folder.appendingPathComponent(file).path
        return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("An import is reported, written once, and an upsert the second time")
    func imports() async throws {
        try await Self.inExport { program in
            let dry = try await program.run("import", "rocket-chat", "dump", "--dry-run", "--database", "chat.db")
            #expect(dry.output.contains("dry run of dump, nothing is written\nusers: 1 added"))
            #expect(try await program.run("user", "list", "--json", "--database", "chat.db").output == "")
            let first = try await program.run(
                ["import", "rocket-chat", "dump", "--report", "report", "--by", "eve", "--database", "chat.db"]
            )
            #expect(first.status == 0)
            #expect(first.errors == "")
            #expect(first.output.contains("users: 2 read from users.json, 1 imported"))
            #expect(first.output.contains(#"left out: a visitor, who is no user: 1 ("guest")"#))
            #expect(first.output.hasSuffix("rooms: 1 added\n1 user may join rooms now: \"ann\"\n"))
            #expect(try Self.mode(program, "report") == 0o600)
            let report = try String(contentsOf: program.folder.appendingPathComponent("report"), encoding: .utf8)
            #expect(report.contains(#"{"collection":"users","file":"users.json","read":2,"imported":1}"#))
            #expect(
                report.hasSuffix(
                    #"{"mayJoin":{"gained":{"count":1,"ids":["ann"]},"lost":{"count":0,"ids":[]}}}"# + "\n"
                )
            )
            #expect(!(first.output + report).contains("raw-of-ann"))
            let events = try await program.run("events", "--database", "chat.db").output
            #expect(events.split(separator: "\n").count == 1)
            #expect(events.contains(#""kind":"loaded""#) && events.contains(#""by":"eve""#))
            let second = try await program.run("import", "rocket-chat", "dump", "--database", "chat.db")
            #expect(second.output.hasSuffix("imported dump\nnothing differs\n"))
        }
    }

    @Test("A fixture in place of the database is a new private file")
    func toFixture() async throws {
        try await Self.inExport { program in
            let arguments = ["import", "rocket-chat", "dump", "--to-fixture", "fixture.json"]
            #expect(try await program.run(arguments).status == 0)
            #expect(try Self.mode(program, "fixture.json") == 0o600)
            let again = try await program.run(arguments)
            #expect(again.status == 1)
            #expect(again.errors.contains("fixture.json cannot be made"))
            #expect(try await program.run("load", "fixture.json", "--database", "chat.db").status == 0)
            #expect(
                try await program.run("import", "rocket-chat", "dump", "--database", "chat.db").output
                    .hasSuffix("nothing differs\n")
            )
        }
    }

    @Test("What is damaged is an error on one line, and nothing is written")
    func damaged() async throws {
        try await Self.inExport(#"{"_id":"r1","t":"l","open":tru"#) { program in
            let result = try await program.run("import", "rocket-chat", "dump", "--database", "chat.db")
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(
                result.errors == "livechat-join: rocketchat_room.json, byte 0, document \"r1\": "
                    + "the document is cut off: export the collection again\n"
            )
            #expect(try await program.run("user", "list", "--json", "--database", "chat.db").output == "")
        }
    }

    @Test("Pruning removes what an export of everything does not have")
    func prune() async throws {
        try await Self.inExport { program in
            let fixture = """
                { "users": [{ "id": "old", "roles": ["livechat-agent"] }],
                  "departments": [{ "id": "gone", "agents": ["old"] }, { "id": "named" }],
                  "rooms": [{ "id": "r0", "departmentId": "gone" }, { "id": "c0", "kind": "c", "departmentId": "named" },
                    { "id": "r1", "members": [{ "userId": "old" }], "inquiry": { "status": "queued" } }] }
                """
            let load = try await program.run("load", "-", "--database", "chat.db", input: fixture)
            #expect(load.errors == "")
            try program.write("", to: "dump/rocketchat_livechat_department.json")
            try program.write("", to: "dump/rocketchat_livechat_inquiry.json")
            try program.write("", to: "dump/rocketchat_subscription.json")
            let kept = try await program.run("import", "rocket-chat", "dump", "--database", "chat.db")
            #expect(!kept.output.contains("removed"))
            let pruned = try await program.run("import", "rocket-chat", "dump", "--prune", "--database", "chat.db")
            #expect(pruned.errors == "")
            let summary = pruned.output.components(separatedBy: "imported dump\n").last
            #expect(
                summary == """
                    users: 1 removed
                    departments: 1 removed
                    rooms: 1 removed
                    rooms.inquiry: 1 removed
                    rooms.members: 1 removed
                    department "named": kept, a room or an inquiry names it
                    1 user may join no room any more: "old"

                    """
            )
            let check = try await program.run("check", "--database", "chat.db")
            #expect(check.status == 0, "\(check.output)")
        }
    }

    @Test("What the server has removed since goes, and nothing else does")
    func trash() async throws {
        try await Self.inExport { program in
            let fixture = """
                { "users": [{ "id": "old" }, { "id": "eve" }, { "id": "bob" }],
                  "departments": [{ "id": "d1", "agents": ["eve", "bob"] }, { "id": "gone" }],
                  "rooms": [{ "id": "r0" }, { "id": "c0", "kind": "c" },
                    { "id": "r2", "members": [{ "userId": "eve" }, { "userId": "bob" }] }] }
                """
            try #require(try await program.run("load", "-", "--database", "chat.db", input: fixture).status == 0)
            try program.write(
                """
                {"_id":"ann","__collection__":"users"}
                {"_id":"old","__collection__":"users"}
                {"_id":"r0","t":"l","__collection__":"room"}
                {"_id":"r1","t":"l","__collection__":"room"}
                {"_id":"c0","t":"c","__collection__":"room"}
                {"_id":"gone","__collection__":"livechat_department"}
                {"_id":"a1","departmentId":"d1","agentId":"eve","__collection__":"livechat_department_agents"}
                {"_id":"s1","rid":"r2","u":{"_id":"eve"},"__collection__":"subscription"}
                {"_id":"s2","rid":"r1","u":{"_id":"ann"},"__collection__":"subscription"}
                {"_id":"m1","rid":"r2","__collection__":"message"}
                """,
                to: "dump/rocketchat__trash.json"
            )
            try program.write(#"{"_id":"s3","rid":"r1","u":{"_id":"ann"}}"#, to: "dump/rocketchat_subscription.json")
            let result = try await program.run("import", "rocket-chat", "dump", "--database", "chat.db")
            #expect(result.errors == "")
            #expect(result.output.contains("rocketchat__trash: 10 read from rocketchat__trash.json, 5 removed"))
            #expect(
                result.output.components(separatedBy: "imported dump\n").last == """
                    users: 1 added, 1 removed
                    users.roles: 1 added
                    users.tokens: 1 added
                    departments: 1 removed
                    departments.agents: 1 removed
                    rooms: 1 added, 1 removed
                    rooms.members: 1 added, 1 removed
                    1 user may join rooms now: "ann"

                    """
            )
            let users = try await program.run("user", "list", "--json", "--database", "chat.db").output
            #expect(users.split(separator: "\n").count == 3)
            let members = try await program.run("room", "members", "r2", "--json", "--database", "chat.db").output
            #expect(members.contains("bob") && !members.contains("eve"))
            #expect(try await program.run("room", "show", "c0", "--database", "chat.db").status == 0)
        }
    }

    @Test(
        "Wrong usage",
        arguments: [
            ["import", "rocket-chat"], ["import", "rocket-chat", "dump"],
            ["import", "rocket-chat", "dump", "--dry-run", "--to-fixture", "f"],
            ["import", "rocket-chat", "dump", "--report", "", "--database", "chat.db"],
        ]
    )
    func usage(_ arguments: [String]) async throws {
        try await Self.inExport { program in
            let result = try await program.run(arguments)
            #expect(result.status == 64)
        }
    }
}
#endif
