import Foundation
import LivechatJoin
import LivechatSQLite
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("Options", .serialized)
struct OptionTests {
    @Test("Durability decides when SQLite syncs", arguments: [true, false])
    func durability(isFull: Bool) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.durability = isFull ? .full : .normal }
        let (level, mode) = try await database.writer.write { session in
            (try session.connection.integer("PRAGMA synchronous"), try session.connection.text("PRAGMA journal_mode"))
        }
        #expect(level == (isFull ? 2 : 1))
        #expect(mode == "wal")
        await database.close()
    }

    @Test("The defaults are the safe ones")
    func defaults() async throws {
        let options = JoinDatabase.Options()
        #expect(options.schema == .migrate && options.durability == .full)
        #expect(options.readers == 4 && options.busyTimeout == .seconds(5))
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let level = try await database.writer.write { try $0.connection.integer("PRAGMA synchronous") }
        #expect(level == 2)
        await database.close()
    }

    @Test("Turning the count of SQLite's memory off too late is an error")
    func memoryCount() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let error = try #require(throws: LivechatStoreError.self) { try JoinDatabase.turnOffMemoryCount() }
        #expect(error.code == .storage)
        #expect("\(error)".contains("when the program starts"))
        await database.close()
    }

    @Test("There is always a reader", arguments: [-3, 0, 1, 9])
    func readers(_ count: Int) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.readers = count }
        for _ in 0..<12 { try await database.checkHealth() }
        await database.close()
    }

    @Test(
        "A busy timeout is whole milliseconds, never negative and never too many",
        arguments: [
            (Duration.zero, Int32(0)), (.seconds(5), 5_000), (.milliseconds(1), 1), (.seconds(-1), 0),
            (.microseconds(1_999), 1), (.seconds(Int64.max), .max), (.seconds(2_147_483), 2_147_483_000),
            (.seconds(2_147_484), .max), (.milliseconds(1_500), 1_500),
        ]
    )
    func busyTimeout(_ duration: Duration, _ milliseconds: Int32) {
        #expect(duration.sqliteMilliseconds == milliseconds)
    }

    @Test("The busy timeout, the cache and the mapping reach every connection")
    func pragmas() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open {
            $0.busyTimeout = .milliseconds(1_234)
            $0.cacheBytes = 1 << 20
            $0.mappedBytes = 1 << 16
        }
        let expected: [Int64?] = [1_234, -1_024, 65_536]
        let names = ["busy_timeout", "cache_size", "mmap_size"]
        let writer = try await database.writer.write { session in
            try names.map { try session.connection.integer("PRAGMA \($0)") }
        }
        #expect(writer == expected)
        let reader = try database.readers.snapshot { reader in
            try reader.query { connection in
                var values: [Int64?] = []
                for name in names { values.append(try connection.integer("PRAGMA \(name)")) }
                return values
            }
        }
        // A reader does not wait itself: the pool does, without the reader.
        #expect(reader == [0] + expected.dropFirst())
        #expect(database.readers.busyTimeout == .milliseconds(1_234))
        await database.close()
    }

    @Test(
        "A load has a page cache of its own, and gives it back",
        arguments: [
            (nil, -65_536), (1 << 30, -1_048_576), (0, -64), (Int.min, -64), (Int.max, -2_147_483_647),
        ] as [(Int?, Int64)]
    )
    func loadCache(_ bytes: Int?, _ expected: Int64) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { if let bytes { $0.loadCacheBytes = bytes } }
        let (meanwhile, afterwards) = try await database.writer.write { [database] session in
            let size = { try session.connection.integer("PRAGMA cache_size") }
            return (
                try session.connection.forBulk(cacheBytes: database.loadCacheBytes, size),
                try size()
            )
        }
        #expect(meanwhile == expected)
        #expect(afterwards == -2_048)
        await database.close()
    }

    @Test("What a load has no cache for it writes to the log before its commit", arguments: [0, 64 << 20])
    func loadSpills(_ cacheBytes: Int) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.loadCacheBytes = cacheBytes }
        // No lock is on the log, so it may be read beside SQLite.
        let isLogged: @Sendable () throws -> Bool = {
            try Data(contentsOf: URL(filePath: temporary.path + "-wal")).range(of: Data("room-17".utf8)) != nil
        }
        let rooms = (0..<4_000).map { #"{ "id": "room-\#($0)" }"# }
        let fixture = Array(#"{ "rooms": [ \#(rooms.joined(separator: ",")) ] }"#.utf8)
        let isLoggedAtTheEnd = Mutex(false)
        try await database.load { offset in
            if offset == fixture.count { try isLoggedAtTheEnd.withLock { $0 = try isLogged() } }
            return Array(fixture[offset..<min(offset + 1_000, fixture.count)])
        }
        #expect(isLoggedAtTheEnd.withLock { $0 } == (cacheBytes == 0))
        #expect(try isLogged())
        await database.close()
    }

    @Test(
        "A reader cannot write",
        arguments: [
            "DELETE FROM livechat_user", "CREATE TABLE x (y)", "PRAGMA user_version = 7",
            "UPDATE livechat_setting SET preview_room = 1",
        ]
    )
    func readOnly(_ script: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dump()
        let error = #expect(throws: LivechatStoreError.self) {
            try database.readers.snapshot { reader in try reader.query { try $0.execute(script) } }
        }
        #expect(error?.code == .readOnly)
        #expect(try await database.dump() == before)
        await database.close()
    }
}
