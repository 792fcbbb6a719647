import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Joins (C7)", .serialized)
struct JoinTests {
    @Test("A join writes the membership, the count and the event, and nothing else")
    func written() async throws {
        let temporary = try TemporaryDatabase()
        let clock = worldClock()
        let database = try await temporary.openWorld(clock: clock.wallClock)
        let before = try await database.dumpLines()
        clock.advance(by: .milliseconds(1_234))
        #expect(try await database.join("agent", "mine", at: clock) == .joined(.queuedForUser))
        let room =
            #"{"id": "mine", "kind": "l", "open": true, "servedBy": null, "departmentId": null, "visitorToken": null, "#
            + #""inquiry": {"status": "queued", "departmentId": "others", "defaultAgent": "agent"}, "members": ["#
        #expect(
            difference(before, try await database.dumpLines()) == [
                "-" + room + "]}",
                "+" + room + #"{"userId": "agent", "joinedAt": "2026-01-02T00:00:01.234Z", "roles": [], "#
                    + #""open": true, "alert": true, "unread": 1}]}"#,
            ]
        )
        let members = try temporary.rows(
            """
            SELECT room.id, user.id, member.joined_at, member.open, alert, unread FROM livechat_membership AS member
            JOIN livechat_room AS room ON room.key = member.room JOIN livechat_user AS user ON user.key = member.user
            ORDER BY room.id
            """
        )
        #expect(
            members == [
                ["joined", "agent", "1767268800000", "1", "0", "0"],
                ["mine", "agent", "1767312001234", "1", "1", "1"],
            ]
        )
        let counts = try temporary.rows(
            "SELECT id, count(*) FROM livechat_room JOIN livechat_membership ON room = key GROUP BY id ORDER BY id"
        )
        #expect(counts == [["joined", "1"], ["mine", "1"]])
        let log = try #require(try await database.endOfEvents().log)
        #expect(
            try await database.events(after: 1) == [
                JoinEvent(sequence: 2, kind: .joined, at: clock.now, roomID: id("mine"), userID: id("agent"), log: log)
            ]
        )
        await database.close()
    }

    @Test("A member who joins again gets the same answer, and nothing is written")
    func again() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        #expect(try await database.join("agent", "served") == .joined(.serving))
        let rows = try await database.dumpLines()
        let observer = try temporary.connect(.readOnly)
        let version = try observer.integer("PRAGMA data_version")
        #expect(try await database.join("agent", "served") == .alreadyMember)
        #expect(try await database.join("agent", "joined") == .alreadyMember)
        // Past the first evaluation: what the writer finds when two requests of one user meet.
        let late = InterposedJoinStore(database) { _ in _ = try await database.join("second", "public") }
        #expect(try observer.integer("PRAGMA data_version") == version)
        #expect(try await database.dumpLines() == rows)
        #expect(try await late.join("second", "public") == .alreadyMember)
        #expect(try await database.events(after: 1).map(\.sequence) == [2, 3])
        #expect(
            try temporary.rows(
                "SELECT count(*) FROM livechat_room JOIN livechat_membership ON room = key WHERE id = 'public'"
            ) == [["1"]]
        )
        await database.close()
    }

    @Test(
        "A refused request writes nothing",
        arguments: [
            (JoinRequest(userID: "agent", token: "raw-second", roomID: "served"), JoinRefusal.notLoggedIn(.unknown)),
            (JoinRequest(userID: "nobody", token: "raw-agent", roomID: "served"), .notLoggedIn(.unknown)),
            (request("away", "served-by-away"), .notLoggedIn(.inactive)),
            (
                JoinRequest(userIDs: ["agent"], tokens: ["raw-agent"], query: "roomId=a&x=1"),
                .invalidParameters(.additional)
            ),
            (request("trainee", "served-by-trainee"), .lacksPermission(.notGranted)),
            (request("agent", "nowhere"), .noSuchRoom),
            (request("agent", "direct"), .noSuchRoom),
            (request("agent", "closed"), .roomClosed),
            (request("agent", "unserved"), .noAccess()),
            (request("agent", "in-support"), .noAccess()),
            (request("agent", "taken"), .noAccess()),
        ]
    )
    func refused(_ request: JoinRequest, _ refusal: JoinRefusal) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dump()
        let observer = try temporary.connect(.readOnly)
        let version = try observer.integer("PRAGMA data_version")
        let service = JoinService(store: database, clock: worldClock().wallClock)
        #expect(try await service.join(request) == .refused(refusal))
        #expect(try observer.integer("PRAGMA data_version") == version)
        #expect(try await database.dump() == before)
        #expect(try await database.events(after: 1) == [])
        await database.close()
    }
}

@Suite("The event log (C7)", .serialized)
struct EventTests {
    private static func log(_ temporary: TemporaryDatabase, _ rooms: [String]) async throws -> JoinDatabase {
        let database = try await temporary.openWorld()
        #expect(try await database.events(after: 0).map(\.kind) == [.loaded])
        for room in rooms { _ = try await database.join("agent", room) }
        return database
    }

    @Test("The sequence rises by one, and a number is not used again after its event was deleted")
    func sequence() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served", "public"])
        #expect(try await database.events(after: 0).map(\.sequence) == [1, 2, 3])
        try temporary.execute("DELETE FROM livechat_event WHERE sequence = 3")
        #expect(try await database.join("agent", "mine") == .joined(.queuedForUser))
        #expect(try await database.events(after: 0).map(\.sequence) == [1, 2, 4])
        try temporary.execute("DELETE FROM livechat_event")
        #expect(try await database.join("agent", "in-sales") == .joined(.queuedInDepartment))
        #expect(try await database.events(after: 0).map(\.sequence) == [5])
        await database.close()
    }

    @Test("A trigger of the host's sees the sequence that the event keeps")
    func hostSeesSequence() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served", "public"])
        try temporary.execute(
            """
            CREATE TABLE outbox (sequence INTEGER PRIMARY KEY);
            CREATE TRIGGER host AFTER INSERT ON livechat_event BEGIN INSERT INTO outbox VALUES (new.sequence); END;
            DELETE FROM livechat_event
            """
        )
        #expect(try await database.join("agent", "mine") == .joined(.queuedForUser))
        #expect(try temporary.rows("SELECT sequence FROM outbox") == [["4"]])
        #expect(try await database.events(after: 0).map(\.sequence) == [4])
        await database.close()
    }

    @Test("A kind that this version does not know is passed on")
    func unknownKind() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served"])
        try temporary.execute("UPDATE livechat_event SET kind = 'room \"closed\"'")
        let event = try #require(try await database.events(after: 1).first)
        #expect(event.kind == JoinEvent.Kind(rawValue: #"room "closed""#))
        #expect(event.json.hasPrefix(#"{"seq":2,"kind":"room \"closed\"","at":"2026-01-02T00:00:00.000Z""#))
        await database.close()
    }

    /// Four events in the log `mine`; the first two have been removed.
    @Test(
        "A cursor that could hide something is an error that says what happened",
        arguments: [
            ("mine:2", [3, 4], ""), ("mine:4", [], ""), ("2", [3, 4], ""), ("0", [3, 4], ""), ("4", [], ""),
            ("yours:2", [], "the cursor yours:2 is of another event log than this one, mine: "),
            ("yours:0", [], "the cursor yours:0 is of another event log than this one, mine: "),
            ("MINE:2", [], "the cursor MINE:2 is of another event log than this one, mine: "),
            ("mine:5", [], "the cursor mine:5 is ahead of the event log, which ends at 4: "),
            ("5", [], "the cursor 5 is ahead of the event log, which ends at 4: "),
            ("9223372036854775807", [], "the cursor 9223372036854775807 is ahead of the event log, which ends at 4: "),
            ("mine:1", [], "events that follow the cursor mine:1 have been removed, the newest of them mine:2;"),
            ("mine:0", [], "events that follow the cursor mine:0 have been removed, the newest of them mine:2;"),
            ("1", [], "events that follow the cursor 1 have been removed, the newest of them mine:2;"),
        ] as [(String, [Int64], String)]
    )
    func cursors(_ text: String, _ expected: [Int64], _ message: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served", "public", "mine"])
        try temporary.execute(
            "UPDATE livechat_setting SET log_id = 'mine'; DELETE FROM livechat_event WHERE sequence < 3"
        )
        let cursor = try #require(JoinEvent.Cursor(text))
        do {
            #expect(try await database.events(after: cursor).map(\.cursor.description) == expected.map { "mine:\($0)" })
            #expect(message.isEmpty)
        } catch {
            #expect(error.code == .invalidCursor)
            #expect(!message.isEmpty && error.description.hasPrefix(message), "\(error)")
        }
        await database.close()
    }

    @Test("A log whose events are all gone still ends where it did")
    func emptied() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served", "public"])
        let end = try await database.endOfEvents()
        try temporary.execute("DELETE FROM livechat_event")
        #expect(try await database.endOfEvents() == end)
        #expect(try await database.events(after: end) == [])
        #expect(try await database.join("agent", "mine") == .joined(.queuedForUser))
        #expect(try await database.events(after: end).map(\.sequence) == [4])
        await database.close()
    }

    @Test("A new log makes every cursor an error, but for the beginning")
    func newLog() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await Self.log(temporary, ["served"])
        let before = try await database.endOfEvents()
        let log = try await database.startNewEventLog()
        #expect(log != before.log)
        #expect(try await database.endOfEvents() == JoinEvent.Cursor(log: log, sequence: 3))
        await #expect(throws: LivechatStoreError.self) { try await database.events(after: before) }
        let events = try await database.events(after: 0)
        #expect(events.map(\.kind) == [.loaded, .joined, .newEventLogStarted])
        #expect(events.allSatisfy { $0.log == log })
        #expect(events.last?.details == ["previousLog": .text(try #require(before.log))])
        await database.close()
    }

    @Test(
        "A cursor as text",
        arguments: [
            ("0", JoinEvent.Cursor(sequence: 0)), ("7", JoinEvent.Cursor(sequence: 7)),
            ("k3x9:7", JoinEvent.Cursor(log: "k3x9", sequence: 7)), ("", nil), (":", nil), (":7", nil), ("k3x9:", nil),
            ("-1", nil), ("k3x9:-1", nil), ("a:b:7", nil), ("x", nil), (" 7", nil), ("7 ", nil),
            ("9223372036854775808", nil),
        ] as [(String, JoinEvent.Cursor?)]
    )
    func cursorText(_ text: String, _ cursor: JoinEvent.Cursor?) {
        #expect(JoinEvent.Cursor(text) == cursor)
        if let cursor { #expect("\(cursor)" == text) }
    }

    @Test(
        "An event is one line of JSON",
        arguments: [
            ("r1", "u1", #""roomId":"r1","userId":"u1""#),
            (#"a"b\c"#, "line\nend\r\t", #""roomId":"a\"b\\c","userId":"line\nend\r\t""#),
            ("a\u{1}b", "\u{1f}\u{7f}/", "\"roomId\":\"a\\u0001b\",\"userId\":\"\\u001f\u{7f}/\""),
            ("é", "e\u{301}🙂", "\"roomId\":\"é\",\"userId\":\"e\u{301}🙂\""),
        ]
    )
    func json(_ room: String, _ user: String, _ ids: String) {
        let event = JoinEvent(
            sequence: 7,
            kind: .joined,
            at: LivechatTimestamp(milliseconds: 1_767_312_000_000),
            roomID: id(room),
            userID: id(user),
            log: "k3x9"
        )
        let line = #"{"seq":7,"kind":"joined","at":"2026-01-02T00:00:00.000Z","# + ids + #","log":"k3x9"}"#
        #expect(Array(event.json.utf8) == Array(line.utf8))
    }
}
