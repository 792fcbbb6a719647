import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatPersistence

@Suite("The summary of a load, its dry run, and merging", .serialized)
struct FixtureSummaryTests {
    /// A document, and what loading and merging it into `everything` says.
    struct Row: Sendable, CustomTestStringConvertible {
        let document: String
        let load: [String]
        let merge: [String]
        var testDescription: String { document }

        init(_ document: String, _ load: [String], merge: [String]) {
            self.document = document
            self.load = load
            self.merge = merge
        }
    }

    static let rows = [
        Row("{}", ["nothing differs"], merge: ["nothing differs"]),
        Row(
            #"{"users":[{"id":"u1","username":"ann","active":true},{"id":"u3"}],"rooms":[{"id":"r2"}]}"#,
            ["users: 1 added"],
            merge: ["users: 1 added"]
        ),
        Row(
            #"{"users":[{"id":"u1","username":null,"roles":["admin","night"],"tokens":[]}]}"#,
            ["users: 1 changed", "users.roles: 1 added, 1 removed", "users.tokens: 2 removed"],
            merge: ["users: 1 changed", "users.roles: 1 added"]
        ),
        Row(
            #"""
            {"permissions":[{"id":"view-l-room","roles":["band","admin","owner"]},{"id":"n\n","roles":["night"]},
                            {"id":"sing"}]}
            """#,
            [
                "permissions: 1 added", "permissions.roles: 3 added, 1 removed",
                #"permission "view-l-room": gained "band", gained "owner", lost "night""#,
                #"permission "n\n": gained "night""#,
            ],
            merge: [
                "permissions: 1 added", "permissions.roles: 3 added",
                #"permission "view-l-room": gained "band", gained "owner""#, #"permission "n\n": gained "night""#,
            ]
        ),
        Row(
            #"{"rooms":[{"id":"r1","servedBy":"u2","inquiry":null,"members":[{"userId":"u1"}]}]}"#,
            ["rooms: 1 changed", "rooms.inquiry: 1 removed", "rooms.members: 1 added, 1 removed"],
            merge: ["rooms: 1 changed", "rooms.members: 1 added"]
        ),
        Row(
            #"{"rooms":[{"id":"r1","members":[{"userId":"u2","alert":false,"unread":0,"roles":["leader"]}]}]}"#,
            ["rooms.members: 1 changed", "rooms.members.roles: 1 added, 1 removed"],
            merge: ["rooms.members: 1 changed", "rooms.members.roles: 1 added"]
        ),
        Row(
            #"""
            {"settings":{"previewRoom":false},
             "roles":[{"id":"night","restrictedTo":null},{"id":"band","description":"b"}],
             "departments":[{"id":"d1","enabled":true,"agents":["u1"]}]}
            """#,
            [
                "settings: 1 changed", "roles: 1 changed", "roles.restrictedTo: 1 removed", "departments: 1 changed",
                "departments.agents: 1 removed",
            ],
            merge: ["settings: 1 changed", "roles: 1 changed", "departments: 1 changed"]
        ),
        // What is referred to before it is named is added once.
        Row(
            #"""
            {"rooms":[{"id":"r9","servedBy":"u9","members":[{"userId":"u9"}]},{"id":"r1","servedBy":"u8"}],
             "users":[{"id":"u9","username":"nine"},{"id":"u8"},{"id":"u1","username":"Ann"}]}
            """#,
            ["users: 2 added, 1 changed", "rooms: 1 added, 1 changed", "rooms.members: 1 added"],
            merge: ["users: 2 added, 1 changed", "rooms: 1 added, 1 changed", "rooms.members: 1 added"]
        ),
    ]

    /// Everything but the stamps, which are random.
    private static func state(_ temporary: TemporaryDatabase, _ database: JoinDatabase) async throws -> [String] {
        var state = try await database.dumpLines()
        state += try temporary.rows("SELECT sequence, kind, user FROM livechat_event").map { "\($0)" }
        state += try temporary.rows("SELECT name, seq FROM sqlite_sequence").map { "\($0)" }
        return state + (try temporary.rows("SELECT grants_stamp, log_id FROM livechat_setting").map { "\($0)" })
    }

    @Test("says what differs; a dry run says the same and writes nothing", arguments: rows, [false, true])
    func summary(_ row: Row, _ merge: Bool) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: everything)
        let document = Array(row.document.utf8)
        let expected = (merge ? row.merge : row.load).joined(separator: "\n")
        let before = try await Self.state(temporary, database)
        #expect(try await database.load(fixture: document, merge: merge, dryRun: true).description == expected)
        #expect(try await Self.state(temporary, database) == before)
        #expect(try await database.load(fixture: document, merge: merge).description == expected)
        #expect((try await Self.state(temporary, database) == before) == (expected == "nothing differs"))
        // The second time there is nothing to do.
        #expect(try await database.load(fixture: document, merge: merge).description == "nothing differs")
        await database.close()
    }

    @Test("Merging an older dump removes nobody who has joined since")
    func joinedSince() async throws {
        for merge in [true, false] {
            let temporary = try TemporaryDatabase()
            let clock = worldClock()
            let database = try await temporary.openWorld(clock: clock.wallClock)
            let dump = try await database.dump()
            #expect(try await database.join("agent", "mine", at: clock) == .joined(.queuedForUser))
            let summary = try await database.load(fixture: dump, merge: merge)
            #expect(summary.description == (merge ? "nothing differs" : "rooms.members: 1 removed"))
            #expect(try await database.members(of: "mine").count == (merge ? 1 : 0))
            await database.close()
        }
    }

    @Test("A dry run names the mistakes, and lets go of the lock")
    func dryRunMistake() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        await #expect(throws: FixtureError.self) {
            try await database.load(fixture: Array(#"{"users":[{"id":"n","roles":["x"]}]}"#.utf8), dryRun: true)
        }
        try await database.load(fixture: Array(#"{"users":[{"id":"n"}]}"#.utf8), dryRun: true)
        try temporary.execute("INSERT INTO livechat_user (id) VALUES ('n')")
        await database.close()
    }
}
