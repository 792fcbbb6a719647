import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("The log as audit trail (C15)", .serialized)
struct AuditTests {
    @Test("Several things of one user or role are one commit, and each has its event")
    func oneTransaction() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let (start, commits) = (try await database.endOfEvents(), try temporary.loggedCommits())
        try await database.setUser(id("away")) {
            $0.isActive = true
            $0.username = "awa"
        }
        #expect(try temporary.loggedCommits() == commits + 1)
        try await database.setRole(id("night")) {
            $0.scope = .subscriptions
            $0.description = "late"
        }
        #expect(try temporary.loggedCommits() == commits + 2)
        let kinds = try await database.events(after: start).map(\.kind)
        #expect(kinds == [.userActivated, .usernameSet, .roleScopeSet, .roleDescriptionSet])
        await database.close()
    }

    @Test("A load has one event with its counts, and one that changes or keeps nothing has none")
    func load() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: #"{"users":[{"id":"u1"},{"id":"u2"}],"rooms":[{"id":"r"}]}"#)
        let first = try await database.events(after: 0)
        #expect(first.map(\.details) == [["users.added": .number(2), "rooms.added": .number(1)]])
        let next = Array(
            #"{"users":[{"id":"u2","active":false,"roles":["guest"]},{"id":"u3"}],"rooms":[{"id":"r"}]}"#.utf8
        )
        try await JoinActor("mia").perform { try await database.load(fixture: next, dryRun: true) }
        #expect(try await database.events(after: 1) == [])
        for _ in 0..<2 { try await JoinActor("mia").perform { try await database.load(fixture: next) } }
        try await #require(throws: FixtureError.self) {
            try await database.load(fixture: Array(#"{"users":[{"id":"u4"},{"id":"u4"}]}"#.utf8))
        }
        let event = try #require(try await database.events(after: 1).first)
        let line =
            #"{"seq":2,"kind":"loaded","at":"\#(event.at.rfc3339)","users.added":1,"users.changed":1,"#
            + #""users.roles.added":1,"by":"mia","log":"\#(event.log)"}"#
        #expect(event.json == line)
        #expect(try await database.endOfEvents().sequence == 2)
        await database.close()
    }

    @Test("A statement is compiled once, and again after another program has changed the schema")
    func keptStatements() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        func change(_ number: Int) async throws {
            _ = try await database.issueToken(for: id("agent"))
            try await database.setUser(id("agent"), username: "name \(number)")
        }
        try await change(0)
        let kept = try await database.writer.write { session in Set(session.kept.values.map(ObjectIdentifier.init)) }
        #expect(!kept.isEmpty)
        for number in 1...20 { try await change(number) }
        try temporary.execute("CREATE TABLE host (user INTEGER REFERENCES livechat_user ON DELETE CASCADE)")
        try await change(21)
        #expect(try await database.user(id("agent"))?.username == "name 21")
        #expect(try await database.tokens(of: id("agent")).count == 23)
        let later = try await database.writer.write { session in Set(session.kept.values.map(ObjectIdentifier.init)) }
        #expect(later == kept)
        await database.close()
    }

    @Test("What was bound for a call that failed is not there the next time")
    func clearedBindings() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        struct Failed: Error {}
        let sql: StaticString = "UPDATE livechat_setting SET preview_room = coalesce(?1, preview_room)"
        _ = try? await database.change { session in
            try session.change(sql) { statement in
                try statement.bind(1, false)
                throw Failed()
            }
        }
        try await database.change { session in try session.change(sql) { _ in } }
        #expect(try temporary.rows("SELECT preview_room FROM livechat_setting") == [["1"]])
        await database.close()
    }

    @Test("A prune leaves a log that check finds whole, and one that another program has thinned goes on too")
    func prune() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        for room in ["served", "public", "mine", "in-sales"] { _ = try await database.join("agent", room) }
        try temporary.execute("DELETE FROM livechat_event WHERE sequence = 3")
        #expect(try await database.pruneEvents(before: 3) == 2)
        #expect(try temporary.rows("SELECT events_removed FROM livechat_setting") == [["3"]])
        #expect(try await database.pruneEvents(before: 5) == 1)
        #expect(try await database.events(after: 0).map(\.sequence) == [5, 6, 7])
        #expect(try temporary.rows("SELECT events_removed FROM livechat_setting") == [["4"]])
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        let end = try await database.endOfEvents()
        do {
            try await database.pruneEvents(before: JoinEvent.Cursor(log: end.log, sequence: 9))
            Issue.record("it was pruned")
        } catch {
            let message = "there is no event 9 to prune before: the event log ends at 7, and 8 prunes all of it"
            #expect(error.description == message)
        }
        #expect(try await database.pruneEvents(before: 8) == 3)
        #expect(try await database.events(after: 0).map(\.sequence) == [8])
        await database.close()
    }

    @Test(
        "A change whose event a trigger of the host's refuses or ignores is not made",
        arguments: ["ABORT, 'no'", "IGNORE"]
    )
    func refusedEvent(_ raise: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(
            """
            CREATE TRIGGER host BEFORE INSERT ON livechat_event WHEN new.kind = 'roomClosed' BEGIN
                SELECT RAISE(\(raise));
            END
            """
        )
        await #expect(throws: LivechatStoreError.self) { try await database.closeRoom(id("served")) }
        #expect(try await database.room(id("served"))?.isOpen == true)
        try await database.unserve(id("served"))
        #expect(try await database.events(after: 1).map(\.kind) == [.roomUnserved])
        await database.close()
    }
}
