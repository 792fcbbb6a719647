import Foundation
import LivechatJoin
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Checksums on pages", .serialized, .timeLimit(.minutes(10)))
struct ChecksumTests {
    private static let pageSize = Damaged.pageSize

    @Test(
        "Every page has its checksum at its end, in the database and in a backup",
        arguments: ["chat.db", "chat.db.copy"]
    )
    func written(_ name: String) async throws {
        let bytes = try #require(try await Damaged.whole().files()[name])
        let pages = Array(stride(from: 0, to: bytes.count, by: Self.pageSize))
        #expect(pages.count > 20)
        for page in pages {
            let isRight = bytes == bytes.withChecksum(ofPageAt: page)
            #expect(isRight, "page \(page / Self.pageSize + 1)")
        }
    }

    @Test(
        "A bit that is not as it was written lets nobody in, on whichever page and however it is read",
        arguments: [0, 256 << 20]
    )
    func flipped(_ mappedBytes: Int) async throws {
        let temporary = try await Damaged.whole()
        let bytes = try #require(try temporary.files()["chat.db"])
        for page in stride(from: 0, to: bytes.count, by: Self.pageSize) {
            // Where most pages have nothing: the checksum is of all of a page.
            var damaged = bytes
            damaged[page + 2_000] ^= 1
            try Data(damaged).write(to: URL(filePath: temporary.path))
            let connection = try temporary.connect(.readOnly)
            try connection.execute("PRAGMA mmap_size = \(mappedBytes)")
            let target = try Connection.inMemory()
            // To copy is to read every page.
            let error = #expect(throws: SQLiteError.self) {
                _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
                try connection.copy(to: target)
            }
            #expect(error?.isChecksum == true, "page \(page / Self.pageSize + 1)")
        }
    }

    @Test("A page in the place of another is found, and so is one that is cut")
    func moved() async throws {
        let temporary = try await Damaged.whole()
        let bytes = try #require(try temporary.files()["chat.db"])
        let last = bytes.count - Self.pageSize
        var swapped = bytes
        swapped.replaceSubrange(last..., with: bytes[last - Self.pageSize..<last])
        for damaged in [swapped, Array(bytes.dropLast(100))] {
            try Data(damaged).write(to: URL(filePath: temporary.path))
            let connection = try temporary.connect(.readOnly)
            let target = try Connection.inMemory()
            let error = #expect(throws: SQLiteError.self) {
                _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
                try connection.copy(to: target)
            }
            #expect(error?.isChecksum == true)
        }
    }

    @Test("Damage is its own error at opening, in a decision, in check and in a backup")
    func told() async throws {
        let temporary = try await Damaged.whole()
        let bytes = try #require(try temporary.files()["chat.db"])
        var damaged = bytes
        damaged[3_000] ^= 1
        try Data(damaged).write(to: URL(filePath: temporary.path))
        #expect(await Damaged.errorOfOpening(temporary.path) == .damaged)
        let lines = try await JoinDatabase.check(path: temporary.path)
        #expect(lines.filter { !$0.holds }.map(\.subject) == ["pages"])
        let error = await #expect(throws: DatabaseError.self) {
            try await JoinDatabase.backup(temporary.path, to: temporary.path + ".second")
        }
        #expect(error?.code == .damaged)

        damaged = bytes
        let root = try Self.root(of: "room", temporary.path + ".copy")
        damaged[root + 3_000] ^= 1
        try Data(damaged).write(to: URL(filePath: temporary.path))
        let second = await #expect(throws: DatabaseError.self) {
            try await JoinDatabase.backup(temporary.path, to: temporary.path + ".second")
        }
        #expect(second?.code == .damaged)
        let database = try temporary.open()
        let decision = await #expect(throws: JoinFailure.self) { try await database.join("agent", "served") }
        #expect((decision?.cause as? DatabaseError)?.code == .damaged)
        await database.close()
    }

    private static func root(of table: String, _ path: String) throws -> Int {
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 0))
        let root = try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'")
        return (Int(try #require(root)) - 1) * pageSize
    }

    // MARK: Other programs

    private static func change(_ path: String, _ script: String) throws {
        let other = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 0, pages: .plain))
        try other.execute(script)
        try other.close()
    }

    @Test("What another program has written counts once the file is sealed, and not before")
    func seal() async throws {
        let temporary = try await Damaged.whole()
        try Self.change(temporary.path, "UPDATE user SET active = 0 WHERE id = 'agent'")
        #expect(await Damaged.errorOfOpening(temporary.path) == .damaged)
        try await JoinDatabase.seal(path: temporary.path)
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        let database = try temporary.open()
        #expect(try await database.join("agent", "served") == .refused(.notLoggedIn(.inactive)))
        _ = try await database.join("second", "public")
        await database.close()
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    @Test("What another program writes beside one that has the file open gets its checksum from that one")
    func beside() async throws {
        let temporary = try await Damaged.whole()
        let database = try temporary.open()
        _ = try await database.join("agent", "in-sales")
        try Self.change(temporary.path, "UPDATE user SET active = 0 WHERE id = 'agent'")
        #expect(try await database.join("agent", "served") == .refused(.notLoggedIn(.inactive)))
        await database.close()
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    /// A database as a program made it that knew nothing of checksums, killed with all of it in the log or not.
    private static func roomless(inLog: Bool) throws -> TemporaryDatabase {
        let living = try TemporaryDatabase()
        let connection = try Connection(
            path: living.path,
            options: .init(access: .create, busyTimeout: 0, pages: .plain)
        )
        try connection.execute("PRAGMA journal_mode = \(inLog ? "WAL" : "DELETE"); PRAGMA wal_autocheckpoint = 0")
        _ = try Migrator(path: living.path).migrate(connection)
        // Long enough for cells to stand at the end of many pages.
        for number in 0..<500 { try connection.execute("INSERT INTO user (id) VALUES ('user number \(number)')") }
        let killed = try TemporaryDatabase()
        for suffix in inLog ? ["", "-wal", "-shm"] : [""] {
            try FileManager.default.copyItem(atPath: living.path + suffix, toPath: killed.path + suffix)
        }
        try connection.close()
        return killed
    }

    @Test("A database without room for checksums is refused, left as it is, and sealed", arguments: [false, true])
    func roomless(inLog: Bool) async throws {
        let temporary = try Self.roomless(inLog: inLog)
        let before = try temporary.files()
        #expect(await Damaged.errorOfOpening(temporary.path) == .damaged)
        #expect(try temporary.files()["chat.db"] == before["chat.db"])
        #expect(try temporary.files()["chat.db-wal"] == before["chat.db-wal"])
        // Whoever writes to it all the same writes what SQLite would.
        let written = try Connection(
            path: temporary.path,
            options: .init(access: .readWrite, busyTimeout: 0, pages: .written)
        )
        try written.execute("UPDATE user SET username = 'by hand'; PRAGMA wal_checkpoint")
        let integrity = try written.text("PRAGMA integrity_check")
        #expect(integrity == "ok")
        try written.close()
        try await JoinDatabase.seal(path: temporary.path)
        #expect(await Damaged.errorOfOpening(temporary.path) == nil)
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
        let rows = try temporary.rows("SELECT count(*), min(username) FROM user")
        #expect(rows == [["500", "by hand"]])
        let bytes = try #require(try temporary.files()["chat.db"])
        for page in stride(from: 0, to: bytes.count, by: Self.pageSize) {
            let isRight = bytes == bytes.withChecksum(ofPageAt: page)
            #expect(isRight, "page \(page / Self.pageSize + 1)")
        }
    }

    @Test("The log that another program was killed with is not touched by who refuses to seal it")
    func foreignLog() async throws {
        let living = try TemporaryDatabase()
        let other = try Connection(path: living.path, options: .init(access: .create, busyTimeout: 0, pages: .plain))
        try other.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let killed = try TemporaryDatabase()
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: living.path + suffix, toPath: killed.path + suffix)
        }
        try other.close()
        let before = try killed.files()
        let error = await #expect(throws: DatabaseError.self) { try await JoinDatabase.seal(path: killed.path) }
        #expect(error?.code == .foreignSchema)
        let after = try killed.files()
        #expect(after["chat.db"] == before["chat.db"])
        #expect(after["chat.db-wal"] == before["chat.db-wal"])
    }

    @Test(
        "A database of another program, one that is used and one that is inconsistent are not sealed, and not changed"
    )
    func notSealed() async throws {
        let temporary = try await Damaged.whole()
        func code() async -> DatabaseError.Code? {
            await #expect(throws: DatabaseError.self) { try await JoinDatabase.seal(path: temporary.path) }?.code
        }
        let database = try temporary.open()
        #expect(await code() == .busy)
        await database.close()

        let foreign = temporary.path + ".foreign"
        let other = try Connection(path: foreign, options: .init(access: .create, busyTimeout: 0, pages: .plain))
        try other.execute("CREATE TABLE t (a)")
        try other.close()
        let bytes = try Data(contentsOf: URL(filePath: foreign))
        #expect(await Damaged.errorOfOpening(foreign) == .foreignSchema)
        let error = await #expect(throws: DatabaseError.self) { try await JoinDatabase.seal(path: foreign) }
        #expect(error?.code == .foreignSchema)
        #expect(try Data(contentsOf: URL(filePath: foreign)) == bytes)

        var damaged = try #require(try temporary.files()["chat.db"])
        damaged[try Self.root(of: "room", temporary.path + ".copy")] = 0xff
        try Data(damaged).write(to: URL(filePath: temporary.path))
        #expect(await code() == .damaged)
        #expect(try temporary.files()["chat.db"] == damaged)
    }

    @Test(
        "A page of the mapping that has been looked at is looked at again once it has been written back, or the log begins anew",
        arguments: [true, false]
    )
    func changedInMapping(_ isWrittenBack: Bool) async throws {
        let temporary = try await Damaged.whole()
        let writer = try temporary.connect()
        // The log goes on then; what is written has to be another value, or SQLite writes nothing.
        if isWrittenBack { try writer.execute("UPDATE setting SET preview_room = 1 - preview_room") }
        let reader = try temporary.connect(.readOnly)
        try reader.execute("PRAGMA mmap_size = 268435456")
        let rooms = "SELECT sum(length(id)) FROM room NOT INDEXED"
        _ = try reader.integer(rooms)
        if isWrittenBack { try writer.execute("UPDATE room SET open = 1 - open; PRAGMA wal_checkpoint") }
        let file = try FileHandle(forUpdating: URL(filePath: temporary.path))
        try file.seek(toOffset: UInt64(try Self.root(of: "room", temporary.path + ".copy") + 2_000))
        try file.write(contentsOf: Data([0xa5]))
        // A log that was empty begins anew with the first commit.
        if !isWrittenBack { try writer.execute("UPDATE setting SET preview_room = 1 - preview_room") }
        let error = #expect(throws: SQLiteError.self) { _ = try reader.integer(rooms) }
        #expect(error?.isChecksum == true)
        try file.close()
    }
}

/// What the tests of damage begin with and end in.
enum Damaged {
    static let pageSize = 4_096

    /// The files of a closed database with everything in it, and a backup of it.
    static func whole() async throws -> TemporaryDatabase {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        _ = try await database.join("agent", "public")
        try await database.backup(to: temporary.path + ".copy")
        await database.close()
        return temporary
    }

    /// The write-ahead log up to its last frame: zeros may lie ahead of that.
    static func log(_ path: String) throws -> Data {
        let log = try Data(contentsOf: URL(filePath: path + "-wal"))
        let frame = 24 + pageSize
        var end = 32
        while end + frame <= log.count, log[end + 8..<end + 16] == log[16..<24] { end += frame }
        return log.prefix(end)
    }

    static func errorOfOpening(_ path: String) async -> DatabaseError.Code? {
        do {
            let database = try JoinDatabase(path: path)
            let result = await Result {
                _ = try await database.dump()
                _ = try await database.events(after: 0)
            }
            await database.close()
            try result.get()
            return nil
        } catch {
            return (error as? DatabaseError)?.code
        }
    }
}

extension [UInt8] {
    /// The file with the right checksum on one page: a sum as the log of SQLite has it, over what eight lanes come to, which
    /// take the words of 63 blocks in turn, and over what is left before the last eight bytes. It begins with the number of
    /// the page and with its complement.
    func withChecksum(ofPageAt place: Int) -> [UInt8] {
        func word(_ at: Int) -> UInt32 { self[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        let number = UInt32(place / 4_096 + 1)
        var whole = PageSum(first: number, second: ~number)
        for lane in 0..<8 {
            var sum = PageSum(first: 0, second: 0)
            for block in stride(from: place + 4 * lane, to: place + 63 * 64, by: 64) {
                sum.add(word(block), word(block + 32))
            }
            whole.add(sum.first, sum.second)
        }
        for at in stride(from: place + 63 * 64, to: place + 4_088, by: 8) { whole.add(word(at), word(at + 4)) }
        var bytes = self
        for (index, value) in [whole.first, whole.second].enumerated() {
            for byte in 0..<4 {
                bytes[place + 4_088 + index * 4 + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
        return bytes
    }
}

private struct PageSum {
    var first: UInt32
    var second: UInt32

    mutating func add(_ one: UInt32, _ other: UInt32) {
        first &+= one &+ second
        second &+= other &+ first
    }
}
