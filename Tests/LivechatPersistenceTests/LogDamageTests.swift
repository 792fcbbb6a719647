import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite
import Testing

@Suite("Damage to the log", .serialized, .timeLimit(.minutes(10)))
struct LogDamageTests {
    /// What a program that was killed has left behind: a database, a log with commits that are not in it, an index.
    private static func killed(_ body: (TemporaryDatabase) throws -> Void) async throws -> TemporaryDatabase {
        let living = try await Damaged.whole()
        let connection = try living.connect()
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
        for name in ["one", "two", "three"] {
            try connection.execute("UPDATE user SET username = '\(name)' WHERE id = 'agent'")
        }
        let killed = try TemporaryDatabase()
        for suffix in ["", "-wal", "-shm"] {
            try FileManager.default.copyItem(atPath: living.path + suffix, toPath: killed.path + suffix)
        }
        // Only now: to read a file that SQLite has open drops its locks.
        try connection.close()
        try body(killed)
        return killed
    }

    enum LogDamage: String, CaseIterable {
        case nothing, header, firstFrame, lastFrame, torn, cutToACommit, empty, removed

        func apply(_ path: String) throws {
            let url = URL(filePath: path + "-wal")
            var log = try Damaged.log(path)
            switch self {
            case .nothing: break
            case .header: log[20] ^= 1
            case .firstFrame: log[32 + 24 + 2_000] ^= 1
            case .lastFrame: log[log.count - 2_000] ^= 1
            case .torn: log.removeLast(100)
            case .cutToACommit: log.removeLast(24 + 4_096)
            case .empty: log = Data()
            case .removed: return try FileManager.default.removeItem(at: url)
            }
            try log.write(to: url)
        }
    }

    @Test(
        "A log that has lost what was committed is refused, by all that opens it, and left as it is",
        arguments: LogDamage.allCases
    )
    func log(_ damage: LogDamage) async throws {
        let killed = try await Self.killed { try damage.apply($0.path) }
        guard damage != .nothing else {
            #expect(await Damaged.errorOfOpening(killed.path) == nil)
            return
        }
        let before = try killed.files()
        #expect(await Damaged.errorOfOpening(killed.path) == .damaged)
        let checks = try await JoinDatabase.check(path: killed.path)
        #expect(checks.filter { !$0.holds }.map(\.subject) == ["log"])
        let error = await #expect(throws: DatabaseError.self) {
            try await JoinDatabase.backup(killed.path, to: killed.path + ".copy")
        }
        #expect(error?.code == .damaged)
        #expect(try killed.files() == before)
        try await JoinDatabase.seal(path: killed.path)
        #expect(await Damaged.errorOfOpening(killed.path) == nil)
    }

    @Test(
        "A log that is damaged under a running process is noticed by whoever reads the page anew",
        arguments: [0, 2_000, 4_095]
    )
    func logInUse(_ place: Int) async throws {
        let temporary = try await Damaged.whole()
        let database = try temporary.open()
        _ = try await database.join("agent", "in-sales")
        // No lock is on the log that reading and writing it could drop.
        let url = URL(filePath: temporary.path + "-wal")
        let frame = 24 + Damaged.pageSize
        let log = Array(try Damaged.log(temporary.path))
        for start in stride(from: 32, to: log.count, by: frame) {
            try Self.write([log[start + 24 + place] ^ 1], at: start + 24 + place, url)
        }
        let reader = try temporary.connect(.readOnly)
        let target = try Connection.inMemory()
        let error = #expect(throws: SQLiteError.self) {
            _ = try reader.integer("SELECT count(*) FROM sqlite_schema")
            try reader.copy(to: target)
        }
        #expect(error?.isChecksum == true)
        try Self.write(log, at: 0, url)
        _ = try await database.join("second", "in-sales")
        await database.close()
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    private static func write(_ bytes: [UInt8], at place: Int, _ url: URL) throws {
        let file = try FileHandle(forUpdating: url)
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(place))
        try file.write(contentsOf: Data(bytes))
    }

    @Test(
        "Without the index only a log that goes on behind the damage is refused: a loss of power leaves the others",
        arguments: LogDamage.allCases
    )
    func logWithoutIndex(_ damage: LogDamage) async throws {
        let killed = try await Self.killed { killed in
            try damage.apply(killed.path)
            try FileManager.default.removeItem(atPath: killed.path + "-shm")
        }
        let isRefused = [LogDamage.header, .firstFrame].contains(damage)
        #expect(await Damaged.errorOfOpening(killed.path) == (isRefused ? .damaged : nil))
    }

    @Test("The index counts for nothing once the machine has been started anew, as after a loss of power")
    func anotherStart() async throws {
        let killed = try await Self.killed { killed in
            try LogDamage.lastFrame.apply(killed.path)
            let then = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 0)]
            try FileManager.default.setAttributes(then, ofItemAtPath: killed.path + "-shm")
        }
        #expect(await Damaged.errorOfOpening(killed.path) == nil)
    }

    @Test(
        "Where a commit need not be on the disk, a log that goes on behind the damage may be what a loss of power left"
    )
    func normalDurability() async throws {
        let killed = try await Self.killed { killed in
            try LogDamage.firstFrame.apply(killed.path)
            try FileManager.default.removeItem(atPath: killed.path + "-shm")
        }
        let database = try killed.open { $0.durability = .normal }
        await database.close()
    }
}
