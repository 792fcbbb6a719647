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
            finding: "no trigger role_updated",
            script: "DROP TRIGGER role_updated"
        ),
        Fault(
            testDescription: "an index of somebody's own",
            subject: "schema",
            finding: "index mine, which no migration makes",
            script: "CREATE INDEX mine ON event (room)"
        ),
        Fault(
            testDescription: "another trigger of the same name",
            subject: "schema",
            finding: "another trigger role_updated",
            script: "DROP TRIGGER role_updated; CREATE TRIGGER role_updated AFTER UPDATE ON role BEGIN SELECT 1; END"
        ),
        Fault(
            testDescription: "a migration that has not been applied",
            subject: "schema",
            finding: "not this program's",
            script: "DELETE FROM schema_migration WHERE version > 1"
        ),
        Fault(
            testDescription: "a value that the schema does not allow",
            subject: "integrity",
            finding: "CHECK constraint failed in user",
            script: unchecked + "UPDATE user SET active = 2 WHERE id = 'agent'"
        ),
        Fault(
            testDescription: "a membership of nobody",
            subject: "foreign keys",
            finding: "3 of membership to no user, 1 of membership_role to no membership",
            script: unchecked + "UPDATE membership SET user = 999"
        ),
        Fault(
            testDescription: "no settings",
            subject: "settings",
            finding: "the row of settings is missing, so nobody can join",
            script: "DELETE FROM setting"
        ),
        Fault(
            testDescription: "tokens that cannot be found",
            subject: "tokens",
            finding: "not found by how their digests begin: 1",
            script: "DELETE FROM login_token_beginning WHERE beginning = (SELECT beginning FROM login_token LIMIT 1)"
        ),
        Fault(
            testDescription: "an event of an unknown kind",
            subject: "integrity",
            finding: "CHECK constraint failed in event",
            script: unchecked + "INSERT INTO event (kind, at, room, user) VALUES ('left', 0, 'joined', 'agent')",
            others: ["events"]
        ),
        Fault(
            testDescription: "an event without a user",
            subject: "events",
            finding: "of an unknown kind, or without a room or a user: 1",
            script: "INSERT INTO event (kind, at, room, user) VALUES ('joined', 0, 'joined', '')"
        ),
        Fault(
            testDescription: "an event in the middle that is gone",
            subject: "events",
            finding: "missing after 1: 1",
            script: "DELETE FROM event WHERE sequence = 2"
        ),
        Fault(
            testDescription: "the newest event gone",
            subject: "events",
            finding: "missing after 1: 1",
            script: "DELETE FROM event WHERE sequence = 3"
        ),
        Fault(
            testDescription: "numbers that could be given anew",
            subject: "events",
            finding: "the row of event_number is missing, so the numbers of removed events could be given anew",
            script: "DELETE FROM event_number"
        ),
        Fault(
            testDescription: "an event with a number that none is given",
            subject: "events",
            finding: "numbered from -1",
            script: "UPDATE event SET sequence = -1 WHERE sequence = 1"
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
                == "✓ events: 3, numbered 1 to 3 without a gap; of 3 memberships 2 have one, the others were loaded"
        )
        #expect(try temporary.files()["chat.db"] == before)
        let database = try temporary.open()
        _ = try await database.join("second", "in-sales")
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        await database.close()
    }

    @Test("The log that a killed program has left is read and left as it is")
    func killed() async throws {
        let living = try await Self.busyDatabase()
        let connection = try living.connect()
        try connection.execute("DELETE FROM setting")
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

    /// A file that is removed leaves its number to one that is made afterwards.
    @Test("A damaged log is found where the file has the number of an index that this process had open")
    func numberOfAnIndex() async throws {
        let living = try await Self.busyDatabase()
        let connection = try living.connect()
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
        for number in 1...5 { try connection.execute("UPDATE user SET username = '\(number)' WHERE id = 'agent'") }
        let database = try Data(contentsOf: URL(filePath: living.path))
        var log = try Data(contentsOf: URL(filePath: living.path + "-wal"))
        log[32 + 24 + 4_000] ^= 1

        let other = try TemporaryDatabase()
        let single = try other.connect(.create)
        try single.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a)")
        let files = FileManager.default
        let number = try files.attributesOfItem(atPath: other.path + "-shm")[.systemFileNumber] as? Int
        try single.execute("PRAGMA journal_mode = DELETE")
        #expect(!files.fileExists(atPath: other.path + "-shm"))
        // Where the system gives numbers out otherwise, nothing is shown.
        var isMet = false
        for _ in 0..<20 where !isMet {
            let killed = try TemporaryDatabase()
            try database.write(to: URL(filePath: killed.path))
            try log.write(to: URL(filePath: killed.path + "-wal"))
            isMet = try files.attributesOfItem(atPath: killed.path)[.systemFileNumber] as? Int == number
            #expect(throws: DatabaseError.self) { _ = try JoinDatabase(path: killed.path) }
        }
        try single.close()
    }

    @Test(
        "A log that is damaged before its last commit is found, and nothing else is",
        arguments: ["nothing", "header", "first frame", "last frame", "torn", "left over"]
    )
    func log(_ damage: String) async throws {
        let living = try await Self.busyDatabase()
        let connection = try living.connect()
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
        for number in 1...5 { try connection.execute("UPDATE user SET username = '\(number)' WHERE id = 'agent'") }
        var log = Array(try Damaged.log(living.path))
        let frame = 4_096 + 24
        let frames = (log.count - 32) / frame
        switch damage {
        case "header": log[20] ^= 1
        case "first frame": log[32 + 24 + 4_000] ^= 1
        case "last frame": log[32 + (frames - 1) * frame + 24 + 4_000] ^= 1
        case "torn": log.removeLast(100)
        case "left over":
            // What an earlier log has left behind has other salts.
            var old = Array(log[32...])
            for number in 0..<frames { old[number * frame + 8] ^= 1 }
            log += old
        default: break
        }
        let killed = try TemporaryDatabase()
        try FileManager.default.copyItem(atPath: living.path, toPath: killed.path)
        try Data(log).write(to: URL(filePath: killed.path + "-wal"))
        let checks = try await JoinDatabase.check(path: killed.path)
        let found = try #require(checks.first { $0.subject == "log" })
        switch damage {
        case "header": #expect(found.finding == "broken at frame 1, with 5 commits behind that are lost")
        case "first frame": #expect(found.finding == "broken at frame 1, with 5 commits behind that are lost")
        case "last frame", "torn": #expect(found.description == "✓ log: all 4 commits in it can be read")
        default: #expect(found.description == "✓ log: all 5 commits in it can be read")
        }
        #expect(checks.filter { !$0.holds && $0.subject != "log" } == [])
        try connection.close()
    }

    @Test("A log that another process is writing is not taken for a broken one")
    func growing() async throws {
        let temporary = try await Self.busyDatabase()
        let isDone = Flag()
        let writer = Task.detached {
            defer { isDone.raise() }
            let connection = try temporary.connect()
            try connection.execute("PRAGMA synchronous = OFF")
            for number in 0..<200 { try connection.execute("UPDATE user SET username = '\(number)'") }
        }
        repeat {
            #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        } while !isDone.isRaised
        try await writer.value
    }

    @Test("The oldest events may have been removed, and ANALYZE may have been run")
    func allowed() async throws {
        let temporary = try await Self.busyDatabase()
        try temporary.execute("DELETE FROM event WHERE sequence < 3; ANALYZE")
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        try temporary.execute("DELETE FROM event")
        #expect(try await JoinDatabase.check(path: temporary.path).last?.description == "✓ events: none")
    }

    @Test("A new database passes")
    func new() async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    @Test("A page that does not agree with itself is found, though it is as it was written")
    func damaged() async throws {
        let temporary = try await Self.busyDatabase()
        let connection = try temporary.connect(.readOnly)
        let root = try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'event'")
        try connection.close()
        var bytes = try #require(try temporary.files()["chat.db"])
        // The first byte of a page says what kind of page it is.
        let page = (Int(try #require(root)) - 1) * 4_096
        bytes[page] = 0xff
        try Data(bytes.withChecksum(ofPageAt: page)).write(to: URL(filePath: temporary.path))
        let wrong = try await JoinDatabase.check(path: temporary.path).filter { !$0.holds }
        #expect(wrong.contains { $0.subject == "integrity" })
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
        func code() async -> DatabaseError.Code? {
            await #expect(throws: DatabaseError.self) { try await JoinDatabase.check(path: temporary.path) }?.code
        }
        #expect(await code() == .missing)
        #expect(!FileManager.default.fileExists(atPath: temporary.path))
        try temporary.execute("CREATE TABLE other (id TEXT)", .create)
        #expect(await code() == .foreignSchema)
        try Data("Dear diary".utf8).write(to: URL(filePath: temporary.path))
        #expect(await code() == .notADatabase)
    }
}
