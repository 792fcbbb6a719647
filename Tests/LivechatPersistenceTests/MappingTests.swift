#if os(Linux)
import Foundation
import LivechatJoin
import Testing

@testable import LivechatPersistence

/// What SQLite maps of a file by itself (`SQLITE_MAX_MMAP_SIZE`).
private let sqliteMaximum = 0x7fff_0000

@Suite("The mapping of a large file", .serialized, .timeLimit(.minutes(10)))
struct MappingTests {
    /// The world in a file with a hole, behind which the rooms "late-0", "late-1" … lie.
    private static func large() async throws -> TemporaryDatabase {
        let temporary = try await Damaged.whole()
        var bytes = try #require(try temporary.files()["chat.db"])
        let pages = sqliteMaximum / Damaged.pageSize + 100
        // How many pages there are (https://sqlite.org/fileformat2.html#the_database_header).
        for place in 0..<4 { bytes[28 + place] = UInt8(truncatingIfNeeded: pages >> (8 * (3 - place))) }
        try Data(bytes.withChecksum(ofPageAt: 0)).write(to: URL(filePath: temporary.path))
        try FileHandle(forWritingTo: URL(filePath: temporary.path)).truncate(atOffset: UInt64(pages * Damaged.pageSize))
        let rooms = (0..<500).map { #"{ "id": "late-\#($0)", "members": [ { "userId": "agent" } ] }"# }
        try await temporary.open(fixture: #"{ "rooms": [ \#(rooms.joined(separator: ",")) ] }"#).close()
        return temporary
    }

    /// How many bytes of the file each mapping has.
    private static func mapped(_ temporary: TemporaryDatabase) throws -> [Int] {
        // A file of the system has no size to read by.
        let maps = try #require(try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps")).readToEnd())
        return String(decoding: maps, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasSuffix(temporary.path) }
            .map { line in
                let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
                return ends[1] - ends[0]
            }
    }

    private static func size(_ temporary: TemporaryDatabase) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: temporary.path)[.size] as? Int)
    }

    @Test("All of it is mapped, also what SQLite would not map, and is given back with the database")
    func whole() async throws {
        let temporary = try await Self.large()
        let size = try Self.size(temporary)
        #expect(size > sqliteMaximum + 110 * Damaged.pageSize)
        let database = try temporary.open { $0.readers = 1 }
        for room in 0..<500 { #expect(try await database.join("agent", "late-\(room)") == .alreadyMember) }
        #expect(try Self.mapped(temporary).max() == size)
        await database.close()
        #expect(try Self.mapped(temporary) == [])
    }

    @Test("No more of it is mapped than is allowed", arguments: [0, 1 << 16, 1 << 20, sqliteMaximum + 4_096])
    func limited(_ limit: Int) async throws {
        let temporary = try await Self.large()
        let database = try temporary.open { $0.mappedBytes = limit }
        for room in 0..<500 { #expect(try await database.join("agent", "late-\(room)") == .alreadyMember) }
        let mapped = try Self.mapped(temporary)
        #expect(mapped.allSatisfy { $0 == limit } && mapped.isEmpty == (limit == 0))
        await database.close()
    }

    @Test("What lies there is looked at: a bit that is not as it was written lets nobody in")
    func damaged() async throws {
        let temporary = try await Self.large()
        let file = try FileHandle(forUpdating: URL(filePath: temporary.path))
        for page in stride(from: sqliteMaximum, to: try Self.size(temporary), by: Damaged.pageSize) {
            try file.seek(toOffset: UInt64(page + 2_000))
            let byte = try #require(try file.read(upToCount: 1)?.first)
            try file.seek(toOffset: UInt64(page + 2_000))
            try file.write(contentsOf: [byte ^ 1])
        }
        try file.close()
        let database = try temporary.open()
        let error = await #expect(throws: JoinFailure.self) { _ = try await database.join("agent", "late-499") }
        #expect((error?.cause as? DatabaseError)?.code == .damaged)
        await database.close()
    }

    @Test("A page behind it that is cut off ends neither the process nor lets anybody in")
    func cut() async throws {
        JoinDatabase.surviveCutFiles()
        let temporary = try await Self.large()
        let database = try temporary.open { $0.readers = 1 }
        // From here on the log says how long the file is, so SQLite does not refuse it for its length.
        #expect(try await database.join("agent", "in-sales") == .joined(.queuedInDepartment))
        #expect(try await database.join("agent", "late-499") == .alreadyMember)
        #expect(try Self.mapped(temporary).contains { $0 > sqliteMaximum })
        try FileHandle(forWritingTo: URL(filePath: temporary.path)).truncate(atOffset: UInt64(sqliteMaximum))
        let error = await #expect(throws: JoinFailure.self) { _ = try await database.join("agent", "late-250") }
        #expect((error?.cause as? DatabaseError)?.code == .damaged)
        await database.close()
    }

    @Test("A mapping grows with its file")
    func growing() async throws {
        let temporary = try await Damaged.whole()
        let database = try temporary.open { $0.readers = 1 }
        #expect(try await database.join("agent", "joined") == .alreadyMember)
        let before = try #require(try Self.mapped(temporary).max())
        let rooms = (0..<2_000).map { #"{ "id": "late-\#($0)", "members": [ { "userId": "agent" } ] }"# }
        try await database.load(fixture: Array(#"{ "rooms": [ \#(rooms.joined(separator: ",")) ] }"#.utf8))
        try temporary.execute("PRAGMA wal_checkpoint")
        // From a commit on that comes after it readers have another snapshot.
        #expect(try await database.join("agent", "in-sales") == .joined(.queuedInDepartment))
        #expect(try await database.join("agent", "late-1999") == .alreadyMember)
        #expect(try #require(try Self.mapped(temporary).min()) >= 2 * before)
        await database.close()
    }
}
#endif
