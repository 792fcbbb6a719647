import Crypto
import Dispatch
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Synchronization
import Testing

@testable import LivechatMigrations
@testable import LivechatPersistence

@Suite("Migrations", .serialized)
struct MigrationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Migrations/SQLite")

    @Test("Every file is embedded, in order and unchanged, and numbered without a gap")
    func embedded() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
        #expect(!files.isEmpty)
        let grants = "0001_default_grants.sql"
        #expect(Migration.all.map(\.name) + [grants] == files.filter { $0 != grants } + [grants])
        #expect(Migration.all[0].defaults == Array(try Data(contentsOf: Self.folder.appending(path: grants))))
        for (index, migration) in Migration.all.enumerated() {
            #expect(migration.version == index + 1)
            #expect(migration.name.hasPrefix(String(format: "%04d_", migration.version)))
            let file = try Data(contentsOf: Self.folder.appending(path: migration.name))
            #expect(migration.sql == Array(file), "\(migration.name)")
        }
    }

    @Test("A migration leaves a row with its number, its name, the files' SHA-256 and the time")
    func rows() throws {
        let temporary = try TemporaryDatabase()
        let clock = worldClock()
        #expect(try JoinDatabase.migrate(path: temporary.path, clock: clock.wallClock) == Migration.all.map(\.name))
        let expected = try Migration.all.map { migration in
            let file = try Data(contentsOf: Self.folder.appending(path: migration.name))
            let checksum = SHA256.hash(data: file + migration.defaults).map { String(format: "%02x", $0) }.joined()
            return ["\(migration.version)", migration.name, checksum, "\(clock.now.milliseconds)"]
        }
        let rows = try temporary.rows(
            "SELECT version, name, checksum, applied_at FROM livechat_migration ORDER BY version"
        )
        #expect(rows == expected)
    }

    @Test("A database of the first schema is brought up to date with what it holds")
    func fromTheFirst() async throws {
        let temporary = try TemporaryDatabase()
        let connection = try temporary.connect(.create)
        _ = try Migrator(path: temporary.path, migrations: Array(Migration.all.prefix(1))).migrate(connection)
        try connection.execute("INSERT INTO livechat_user (id, username) VALUES ('u1', 'ann')")
        let old = #expect(throws: LivechatStoreError.self) { try temporary.open { $0.schema = .requireCurrent } }
        #expect(old?.code == .schemaOlder)
        #expect(try JoinDatabase.migrate(path: temporary.path) == Migration.all.dropFirst().map(\.name))
        try connection.close()
        let database = try temporary.open { $0.schema = .requireCurrent }
        #expect(try await database.users(named: "ann").map(\.id) == [LivechatUserID("u1")])
        await database.close()
    }

    @Test("Migrating again does nothing")
    func twice() async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let files = try temporary.files()
        #expect(files.keys.sorted() == ["chat.db"])
        #expect(try JoinDatabase.migrate(path: temporary.path) == [])
        #expect(try temporary.files() == files)
        let database = try temporary.open()
        try await database.checkHealth()
        await database.close()
        #expect(try temporary.files() == files)
    }

    @Test("A database can be made without the default roles and grants")
    func empty() async throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path, withDefaultGrants: false)
        let counts = "SELECT (SELECT count(*) FROM livechat_role) + (SELECT count(*) FROM livechat_permission)"
        let connection = try temporary.connect(.readOnly)
        #expect(try connection.integer(counts) == 0)
        try connection.close()
        try await temporary.open { $0.schema = .requireCurrent }.close()
    }

    @Test("A file that has only the host's tables gets ours beside them, and keeps what is the host's")
    func besideTheHosts() async throws {
        let temporary = try TemporaryDatabase()
        try temporary.execute(
            "CREATE TABLE user (id TEXT); INSERT INTO user VALUES ('x'); PRAGMA user_version = 7; PRAGMA application_id = 8",
            .create
        )
        #expect(try JoinDatabase.migrate(path: temporary.path) == Migration.all.map(\.name))
        let connection = try temporary.connect(.readOnly)
        #expect(try connection.text("SELECT id FROM user") == "x")
        #expect(try connection.integer("PRAGMA user_version") == 7)
        #expect(try connection.integer("PRAGMA application_id") == 8)
        try connection.close()
        try await temporary.open { $0.schema = .requireCurrent }.close()
    }

    @Test("A file that is missing or empty becomes a database", arguments: [false, true], [false, true])
    func made(isEmpty: Bool, byOpening: Bool) async throws {
        let temporary = try TemporaryDatabase()
        if isEmpty { try Data().write(to: URL(filePath: temporary.path)) }
        if byOpening {
            try await temporary.open().close()
        } else {
            #expect(try JoinDatabase.migrate(path: temporary.path) == Migration.all.map(\.name))
        }
        let database = try temporary.open { $0.schema = .requireCurrent }
        try await database.checkHealth()
        await database.close()
    }

    @Test("Many that migrate at once all succeed, and each migration is applied once", arguments: 0..<5)
    func atOnce(_: Int) throws {
        let temporary = try TemporaryDatabase()
        let names = Mutex<[String]>([])
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                let applied = try JoinDatabase.migrate(path: temporary.path)
                names.withLock { $0 += applied }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(names.withLock { $0.sorted() } == Migration.all.map(\.name))
        #expect(try temporary.rows("SELECT name FROM livechat_migration").count == Migration.all.count)
    }

    @Test("A look while another makes the database sees nothing or a database of its own", arguments: 0..<20)
    func lookedAtMeanwhile(_: Int) throws {
        let temporary = try TemporaryDatabase()
        let path = temporary.path
        let connection = try temporary.connect(.create)
        try connection.useWriteAheadLog(.normal)
        let made = DispatchGroup()
        made.enter()
        // A thread of its own: the shared ones may all be in loops like the one below.
        Thread.detachNewThread {
            defer { made.leave() }
            #expect(throws: Never.self) { _ = try JoinDatabase.migrate(path: path) }
        }
        defer { made.wait() }
        let migrator = Migrator(path: path)
        while made.wait(timeout: .now()) == .timedOut { _ = try migrator.appliedCount(connection) }
        #expect(try migrator.appliedCount(connection) == Migration.all.count)
    }

    @Test("Many that open a missing file at once all succeed", arguments: 0..<5)
    func openedAtOnce(_: Int) throws {
        let temporary = try TemporaryDatabase()
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                // Each waits for those before it, however long these take.
                _ = try temporary.open { $0.busyTimeout = .seconds(3_600) }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
        #expect(try temporary.rows("SELECT name FROM livechat_migration").count == Migration.all.count)
    }

    @Test("A migration that fails half-way leaves the schema as it was", arguments: [true, false])
    func halfWay(isFirst: Bool) throws {
        let temporary = try TemporaryDatabase()
        let good = isFirst ? [] : Migration.all
        let script = """
            CREATE TABLE half (way INTEGER) STRICT;
            INSERT INTO half VALUES (1);
            INSERT INTO nowhere VALUES (1);
            """
        let broken = Migration(version: good.count + 1, name: "broken.sql", sql: Array(script.utf8), defaults: [])
        let connection = try temporary.connect(.create)
        _ = try Migrator(path: temporary.path, migrations: good).migrate(connection)
        let before = try temporary.rows("SELECT name, sql FROM sqlite_schema ORDER BY name")
        let applied = try Migrator(path: temporary.path, migrations: good).appliedCount(connection)
        let migrator = Migrator(path: temporary.path, migrations: good + [broken])
        let error = #expect(throws: SQLiteError.self) { _ = try migrator.migrate(connection) }
        #expect(error?.message == "no such table: nowhere")
        let isOver = connection.isAutocommit
        #expect(isOver)
        #expect(try temporary.rows("SELECT name, sql FROM sqlite_schema ORDER BY name") == before)
        #expect(try Migrator(path: temporary.path, migrations: good).appliedCount(connection) == applied)
    }
}
