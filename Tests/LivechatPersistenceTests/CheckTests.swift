import Foundation
import LivechatJoin
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Checking a database", .serialized)
struct CheckTests {
    /// Something that is wrong with a database, and what is said of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let subject: String
        let finding: String
        let script: String
        /// What else is wrong then.
        var others: [String] = []
    }

    private static let unchecked = "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;"

    static let faults = [
        Fault(
            testDescription: "a trigger that is gone",
            subject: "schema",
            finding: "trigger livechat_role_updated is missing",
            script: "DROP TRIGGER livechat_role_updated"
        ),
        Fault(
            testDescription: "another trigger of the same name",
            subject: "schema",
            finding: "trigger livechat_role_updated is not as it was made",
            script:
                "DROP TRIGGER livechat_role_updated; CREATE TRIGGER livechat_role_updated AFTER UPDATE ON livechat_role BEGIN SELECT 1; END"
        ),
        Fault(
            testDescription: "another migration",
            subject: "schema",
            finding: "not this program's",
            script: "UPDATE livechat_migration SET checksum = 'of another'"
        ),
        Fault(
            testDescription: "a value that the schema does not allow",
            subject: "integrity",
            finding: "CHECK constraint failed in livechat_user",
            script: unchecked + "UPDATE livechat_user SET active = 2 WHERE id = 'agent'"
        ),
        Fault(
            testDescription: "a membership of nobody",
            subject: "foreign keys",
            finding:
                "3 of livechat_membership to no livechat_user, 1 of livechat_membership_role to no livechat_membership",
            script: unchecked + "UPDATE livechat_membership SET user = 999"
        ),
        Fault(
            testDescription: "no settings",
            subject: "settings",
            finding: "the row of settings is missing, so nobody can join",
            script: "DELETE FROM livechat_setting"
        ),
        Fault(
            testDescription: "events that no reader can read",
            subject: "events",
            finding: "a join without its room or user, or an event that cannot be read: 8",
            script: """
                INSERT INTO livechat_event (kind, at, room, user, actor, detail) VALUES
                    ('joined', 0, 'joined', '', NULL, NULL), ('joined', 0, 'joined', NULL, NULL, NULL),
                    ('joined', 0, NULL, 'agent', NULL, NULL), ('roomClosed', 0, '', NULL, NULL, NULL),
                    ('roomClosed', 0, 'joined', NULL, '', NULL), ('roomClosed', 0, 'joined', NULL, NULL, ''),
                    ('roomClosed', 0, 'joined', NULL, NULL, '{"a":1'), ('roomClosed', 0, 'joined', NULL, NULL, '[1]')
                """
        ),
        Fault(
            testDescription: "an event in the middle that is gone",
            subject: "events",
            finding: "missing after 1: 1",
            script: "DELETE FROM livechat_event WHERE sequence = 2"
        ),
        Fault(
            testDescription: "the newest event gone",
            subject: "events",
            finding: "missing after 1: 1",
            script: "DELETE FROM livechat_event WHERE sequence = 5"
        ),
        Fault(
            testDescription: "an event with a number that none is given",
            subject: "events",
            finding: "numbered from -1",
            script: "UPDATE livechat_event SET sequence = -1 WHERE sequence = 1"
        ),
    ]

    @Test("What is wrong is found, and what to do is said", arguments: faults)
    func fault(_ fault: Fault) async throws {
        let temporary = try await Self.busyDatabase()
        try temporary.execute(fault.script)
        let wrong = try await JoinDatabase.check(path: temporary.path).filter { !$0.holds }
        let found = try #require(wrong.first)
        #expect(wrong.map(\.subject) == [fault.subject] + fault.others)
        #expect(found.finding == fault.finding)
        #expect(found.description.hasPrefix("✗ \(fault.subject): \(fault.finding); "))
    }

    /// A database with a loaded member, three who have joined, and one of them who has left.
    private static func busyDatabase() async throws -> TemporaryDatabase {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        for (user, room) in [("agent", "served"), ("second", "public"), ("agent", "public")] {
            _ = try await database.join(user, room)
        }
        try await database.leave(id("public"), id("agent"))
        await database.close()
        return temporary
    }

    @Test("A database as it should be passes, in use or not, and is not written")
    func whole() async throws {
        let temporary = try await Self.busyDatabase()
        let before = try temporary.files()["chat.db"]
        let checks = try await JoinDatabase.check(path: temporary.path)
        #expect(checks.filter { !$0.holds } == [])
        #expect(
            checks.last?.description
                == "✓ events: 5, numbered 1 to 5 without a gap; 2 of 3 memberships have an event"
        )
        #expect(try temporary.files()["chat.db"] == before)
        let database = try temporary.open()
        _ = try await database.join("second", "in-sales")
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        await database.close()
    }

    @Test("An event of a later version, or of another program, is no fault and is passed on")
    func laterKind() async throws {
        let temporary = try await Self.busyDatabase()
        let later = #"('left', 0, NULL, NULL, 'mia', '{"b":["a",1],"a":null,"c":{"d":0.5},"e":["x"],"f":true,"g":2}')"#
        try temporary.execute("INSERT INTO livechat_event (kind, at, room, user, actor, detail) VALUES \(later)")
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        let database = try temporary.open()
        let event = try #require(try await database.events(after: 5).first)
        let line =
            #"{"seq":6,"kind":"left","at":"1970-01-01T00:00:00.000Z","a":null,"b":["a",1],"c":{"d":0.5},"e":["x"],"#
            + #""f":true,"g":2,"by":"mia","log":"\#(event.log)"}"#
        #expect(event.json == line)
        #expect(event.details["e"] == .list(["x"]))
        await database.close()
    }

    @Test("An event that cannot be read is an error, for those who ask for its kind")
    func unreadable() async throws {
        let temporary = try await Self.busyDatabase()
        try temporary.execute("INSERT INTO livechat_event (kind, at, detail) VALUES ('left', 0, '[]')")
        let database = try temporary.open()
        #expect(try await database.events(after: 0, kinds: [.joined]).count == 3)
        do {
            _ = try await database.events(after: 0)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .damaged)
            #expect(error.description.contains("the detail of event 6 is not a JSON object; see what is wrong"))
        }
        await database.close()
    }

    @Test("The log that a killed program has left is read and left as it is")
    func killed() async throws {
        let living = try await Self.busyDatabase()
        let connection = try living.connect()
        try connection.execute("DELETE FROM livechat_setting")
        // A copy of the files is what a killed program leaves behind.
        let killed = try TemporaryDatabase()
        for name in ["chat.db", "chat.db-wal"] {
            try FileManager.default.copyItem(
                at: living.folder.appending(path: name),
                to: killed.folder.appending(path: name)
            )
        }
        let before = try killed.files()
        let wrong = try await JoinDatabase.check(path: killed.path).filter { !$0.holds }
        #expect(wrong.map(\.subject) == ["settings"])
        let after = try killed.files()
        #expect(after["chat.db"] == before["chat.db"])
        #expect(after["chat.db-wal"] == before["chat.db-wal"])
        try connection.close()
    }

    @Test("The oldest events may have been removed, and ANALYZE may have been run")
    func allowed() async throws {
        let temporary = try await Self.busyDatabase()
        try temporary.execute("DELETE FROM livechat_event WHERE sequence < 3; ANALYZE")
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        try temporary.execute("DELETE FROM livechat_event")
        #expect(try await JoinDatabase.check(path: temporary.path).last?.description == "✓ events: none")
    }

    @Test("A new database passes")
    func new() async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    @Test("A page that does not agree with itself is found")
    func damaged() async throws {
        let temporary = try await Self.busyDatabase()
        let connection = try temporary.connect(.readOnly)
        let root = try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'livechat_event'")
        try connection.close()
        var bytes = try #require(try temporary.files()["chat.db"])
        // The first byte of a page says what kind of page it is.
        bytes[(Int(try #require(root)) - 1) * 4_096] = 0xff
        try Data(bytes).write(to: URL(filePath: temporary.path))
        let wrong = try await JoinDatabase.check(path: temporary.path).filter { !$0.holds }
        #expect(wrong.contains { $0.subject == "integrity" })
    }

    @Test("What is the host's is left alone: tables, indexes, triggers, even rows that refer to nothing")
    func hosts() async throws {
        let temporary = try await Self.busyDatabase()
        try temporary.execute(
            """
            PRAGMA foreign_keys = OFF;
            CREATE TABLE message (id INTEGER PRIMARY KEY, user INTEGER REFERENCES livechat_user);
            INSERT INTO message (user) VALUES (999);
            CREATE INDEX mine ON livechat_event (room);
            PRAGMA ignore_check_constraints = ON;
            CREATE TABLE host_check (x CHECK (x > 0)); INSERT INTO host_check VALUES (-1);
            CREATE TABLE host_reference (x REFERENCES livechat_room (kind)); INSERT INTO host_reference VALUES (1);
            CREATE TRIGGER host AFTER INSERT ON livechat_event BEGIN INSERT INTO message (user) VALUES (NULL); END;
            PRAGMA user_version = 7
            """
        )
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    @Test("A second name of the file is named")
    func secondName() async throws {
        let temporary = try await Self.busyDatabase()
        try FileManager.default.linkItem(atPath: temporary.path, toPath: temporary.path + ".second")
        let wrong = try await JoinDatabase.check(path: temporary.path).filter { !$0.holds }
        #expect(wrong.map(\.subject) == ["file"])
    }

    @Test(
        "Versions of SQLite with the race are named, and are no fault",
        arguments: [
            ("3.6.23", false), ("3.7.0", true), ("3.40.1", true), ("3.51.2", true), ("3.51.3", false), ("4.0.0", false),
        ]
    )
    func version(_ version: String, _ isAffected: Bool) {
        let check = DatabaseChecker.version(version)
        #expect(check.holds)
        #expect((check.finding != version) == isAffected)
    }

    @Test("What is no database of this program is refused")
    func refused() async throws {
        let temporary = try TemporaryDatabase()
        func code() async -> LivechatStoreError.Code? {
            await #expect(throws: LivechatStoreError.self) { try await JoinDatabase.check(path: temporary.path) }?.code
        }
        #expect(await code() == .missing)
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
        try temporary.execute("CREATE TABLE other (id TEXT)", .create)
        #expect(await code() == .foreignSchema)
        try Data("Dear diary".utf8).write(to: URL(filePath: temporary.path))
        #expect(await code() == .notADatabase)
    }
}
