#if os(Linux)
import Foundation
import LivechatJoin
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("The mapping of the database", .serialized, .timeLimit(.minutes(10)))
struct MappingTests {
    /// Where the file is mapped, as the system tells: each mapping's first address and its length.
    private static func mappings(_ temporary: TemporaryDatabase) throws -> [(start: Int, length: Int)] {
        // A file of the system has no size to read by.
        let maps = try #require(try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps")).readToEnd())
        return String(decoding: maps, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasSuffix(temporary.path) }
            .map { line in
                let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
                return (ends[0], ends[1] - ends[0])
            }
    }

    private static func size(_ temporary: TemporaryDatabase) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: temporary.path)[.size] as? Int)
    }

    private static let pageBytes = 4_096

    /// A connection that maps all of the file.
    private static func reader(_ temporary: TemporaryDatabase, limit: Int = 1 << 30) throws -> Connection {
        let connection = try temporary.connect(.readOnly)
        try connection.execute("PRAGMA mmap_size = \(limit)")
        return connection
    }

    /// A table with as many rows as asked for, one to a page.
    private static func grow(_ connection: borrowing Connection, to rows: Int) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS fill (key INTEGER PRIMARY KEY, bytes BLOB);
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(rows))
            INSERT OR IGNORE INTO fill SELECT n, zeroblob(3000) FROM number;
            PRAGMA wal_checkpoint(TRUNCATE)
            """
        )
    }

    @Test("It is kept over commits of other connections, and SQLite's own is not")
    func kept() throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let writer = try temporary.connect()
        try Self.grow(writer, to: 100)
        let reader = try Self.reader(temporary)
        _ = try reader.integer("SELECT count(*) FROM fill")
        let before = try #require(try Self.mappings(temporary).first)
        for number in 0..<20 {
            try writer.execute("UPDATE fill SET bytes = zeroblob(2000 + \(number)) WHERE key = 1")
            // Where SQLite unmaps, the place is free for this one.
            let place = unsafe mmap(nil, before.length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            let count = try reader.integer("SELECT count(*) FROM fill")
            #expect(count == 100)
            _ = unsafe munmap(place, before.length)
            let now = try #require(try Self.mappings(temporary).first)
            #expect(now == before)
        }
    }

    @Test("It grows with its file, and ends with it when another program truncates it")
    func followsTheFile() throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let writer = try temporary.connect()
        let reader = try Self.reader(temporary)
        for rows in [50, 400, 800] {
            try Self.grow(writer, to: rows)
            #expect(try reader.integer("SELECT count(*) FROM fill") == Int64(rows))
            _ = try reader.integer("SELECT sum(length(bytes)) FROM fill")
            #expect(try Self.mappings(temporary).map(\.length).max() == Self.size(temporary))
        }
        let large = try Self.size(temporary)
        try writer.execute("DELETE FROM fill WHERE key > 20; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(try Self.size(temporary) < large / 4)
        #expect(try reader.integer("SELECT count(*) FROM fill") == 20)
        #expect(try reader.integer("SELECT sum(length(bytes)) FROM fill") == 60_000)
        let longest = try Self.mappings(temporary).map(\.length).max() ?? 0
        #expect(longest <= (try Self.size(temporary)))
        try Self.grow(writer, to: 100)
        #expect(try reader.integer("SELECT sum(length(bytes)) FROM fill") == 300_000)
    }

    @Test("No more of the file is mapped than is allowed", arguments: [0, 1 << 16, 1 << 18])
    func limited(_ limit: Int) throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let writer = try temporary.connect()
        try Self.grow(writer, to: 200)
        let reader = try Self.reader(temporary, limit: limit)
        for number in 0..<5 {
            try writer.execute("UPDATE fill SET bytes = zeroblob(\(number)) WHERE key = 7")
            #expect(try reader.integer("SELECT count(*) FROM fill") == 200)
            let mapped = try Self.mappings(temporary)
            #expect(mapped.allSatisfy { $0.length == limit } && mapped.isEmpty == (limit == 0))
        }
    }

    @Test("A database that goes back to a rollback journal is read as SQLite reads it")
    func rollbackJournal() throws {
        let temporary = try TemporaryDatabase()
        let writer = try temporary.connect(.create)
        try writer.execute("CREATE TABLE fill (key INTEGER PRIMARY KEY, bytes BLOB)")
        let reader = try Self.reader(temporary)
        for number in 0..<10 {
            try writer.execute("INSERT INTO fill VALUES (\(number), zeroblob(5000))")
            #expect(try reader.integer("SELECT count(*) FROM fill") == Int64(number + 1))
        }
        #expect(!FileManager.default.fileExists(atPath: temporary.path + "-shm"))
    }

    @Test("All of a database is given back when it is closed")
    func closed() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        #expect(try await database.join("agent", "joined") == .alreadyMember)
        #expect(try !Self.mappings(temporary).isEmpty)
        await database.close()
        #expect(try Self.mappings(temporary).isEmpty)
    }
}
#endif
