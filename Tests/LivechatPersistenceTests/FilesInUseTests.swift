import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite
import Testing

/// What lies in memory that all processes share, or is mapped from a file, is changed under connections that are open.
@Suite("Damage to files in use", .serialized, .timeLimit(.minutes(10)))
struct FilesInUseTests {
    /// What of the index is changed (https://sqlite.org/walformat.html section 2).
    enum IndexDamage: String, CaseIterable {
        /// It says of one frame after the other that it holds no page.
        case noPage
        /// It leads from the page of one frame after the other to the first frame.
        case anotherFrame
        /// It says that all of the log has been written back into the database, or a part.
        case writtenBack, partWrittenBack
        /// Nothing is found in it.
        case hashes

        /// The changes, each a few places of the index that change together.
        ///
        /// - Parameter pages: Which page each frame holds.
        func each(_ pages: [Int]) -> [[(offset: Int, bytes: [UInt8])]] {
            switch self {
            case .noPage: pages.indices.map { [(136 + 4 * $0, [0, 0, 0, 0])] }
            case .anotherFrame:
                pages.dropFirst().map { page in
                    // The frame that is found last counts.
                    let slot = page * 383 + pages.count { $0 == page }
                    return [(136, Self.littleEndian(page)), (16_384 + 2 * (slot & 8_191), [1, 0])]
                }
            case .writtenBack: [[(96, Self.littleEndian(pages.count))]]
            case .partWrittenBack: (1..<pages.count).map { [(96, Self.littleEndian($0))] }
            case .hashes: [[(16_384, [UInt8](repeating: 0, count: 16_384))]]
            }
        }

        static func littleEndian(_ number: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
    }

    /// Keeps a log of commits that are not in the database.
    private static func commit(_ connection: borrowing Connection) throws {
        try connection.execute("PRAGMA wal_autocheckpoint = 0")
        try connection.execute("UPDATE department SET enabled = 0")
        for name in ["one", "two", "three"] {
            try connection.execute("UPDATE user SET username = '\(name)' WHERE id = 'agent'")
            try connection.execute("UPDATE room SET open = 0 WHERE key = (SELECT max(key) FROM room WHERE open)")
        }
    }

    private static let queries = [
        "SELECT group_concat(id || coalesce(username, '') || active) FROM user",
        "SELECT group_concat(id || open) FROM room",
        "SELECT group_concat(id || enabled) FROM department",
    ]

    /// What new connections read.
    private static func answers(_ temporary: TemporaryDatabase) throws -> [String?] {
        try queries.map { try temporary.connect(.readOnly).text($0) }
    }

    @Test("An index that leads past what was committed is noticed by whoever reads", arguments: IndexDamage.allCases)
    func index(_ damage: IndexDamage) async throws {
        let temporary = try await Damaged.whole()
        let connection = try temporary.connect()
        try Self.commit(connection)
        let whole = try Self.answers(temporary)
        var noticed = 0
        for changes in damage.each(try temporary.loggedPages()) {
            let before = try changes.map { try temporary.replace("-shm", at: $0.offset, with: $0.bytes) }
            let results = Self.queries.map { query in Result { try temporary.connect(.readOnly).text(query) } }
            for (change, bytes) in zip(changes, before) {
                _ = try temporary.replace("-shm", at: change.offset, with: bytes)
            }
            for (result, answer) in zip(results, whole) {
                switch result {
                case .success(let found): #expect(found == answer, "\(changes)")
                case .failure(let error):
                    #expect((error as? SQLiteError)?.isChecksum == true, "\(changes): \(error)")
                    noticed += 1
                }
            }
        }
        #expect(noticed > 0)
        #expect(try Self.answers(temporary) == whole)
    }

    @Test("An index that is wiped inside a transaction lets no older page be read", arguments: [0, 32])
    func wiped(_ from: Int) async throws {
        let temporary = try await Damaged.whole()
        let connection = try temporary.connect()
        try Self.commit(connection)
        let reader = try temporary.connect(.readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM setting")
        let zeros = [UInt8](repeating: 0, count: 32_768 - from)
        let before = try temporary.replace("-shm", at: from, with: zeros)
        let error = #expect(throws: SQLiteError.self) { try reader.text("SELECT group_concat(id || open) FROM room") }
        #expect(error?.isChecksum == true)
        _ = try temporary.replace("-shm", at: from, with: before)
    }

    @Test("A commit for which the index has fewer frames than there are writes over none of them")
    func fewerFrames() async throws {
        let temporary = try await Damaged.whole()
        let connection = try temporary.connect()
        try Self.commit(connection)
        let whole = try Self.answers(temporary)
        try connection.execute("BEGIN IMMEDIATE")
        try connection.execute("UPDATE user SET username = 'four' WHERE id = 'agent'")
        for header in [0, 48] { _ = try temporary.replace("-shm", at: header + 16, with: IndexDamage.littleEndian(1)) }
        let error = #expect(throws: SQLiteError.self) { try connection.execute("COMMIT") }
        #expect(error?.isChecksum == true)
        connection.rollBack()
        // What is left of the index leads nowhere; the next to open the database makes it anew from the log.
        try connection.close()
        #expect(try Self.answers(temporary) == whole)
    }

    @Test("An index that was put back to an earlier state is noticed by whoever has seen the later one")
    func putBack() async throws {
        let temporary = try await Damaged.whole()
        let connection = try temporary.connect()
        try Self.commit(connection)
        let index = try temporary.bytes("-shm", 0..<136)
        try connection.execute("UPDATE room SET open = 1")
        let whole = try Self.answers(temporary)
        let later = try temporary.replace("-shm", at: 0, with: index)
        let error = #expect(throws: SQLiteError.self) { try Self.answers(temporary) }
        #expect(error?.isChecksum == true)
        _ = try temporary.replace("-shm", at: 0, with: later)
        #expect(try Self.answers(temporary) == whole)
    }

    @Test("A log of which the index says that it has been written back is not removed", arguments: [1, 2])
    func writtenBack(_ part: Int) async throws {
        let temporary = try await Damaged.whole()
        let connection = try temporary.connect()
        try Self.commit(connection)
        let whole = try Self.answers(temporary)
        _ = try temporary.replace(
            "-shm",
            at: 96,
            with: IndexDamage.littleEndian(try temporary.loggedPages().count / part)
        )
        // The last connection that closes writes back what the index says is left, and removes the log.
        try connection.close()
        #expect(try temporary.files().keys.contains("chat.db-wal"))
        #expect(try Self.answers(temporary) == whole)
        #expect(try await JoinDatabase.check(path: temporary.path).filter { !$0.holds } == [])
    }

    @Test(
        "A file that is cut under a process ends neither the process nor what was committed",
        arguments: ["", "-wal", "-shm"],
        [0, 256 << 20]
    )
    func cut(_ suffix: String, _ mappedBytes: Int) async throws {
        JoinDatabase.surviveCutFiles()
        let temporary = try await Damaged.whole()
        let database = try temporary.open { $0.mappedBytes = mappedBytes }
        #expect(try await database.join("agent", "in-sales") == .joined(.queuedInDepartment))
        try FileHandle(forWritingTo: URL(filePath: temporary.path + suffix)).truncate(atOffset: 0)
        for (user, room) in [("agent", "in-sales"), ("second", "in-sales"), ("agent", "public")] {
            let error = await #expect(throws: JoinFailure.self) { _ = try await database.join(user, room) }
            let code = (error?.cause as? DatabaseError)?.code
            #expect(code == .damaged || code == .notADatabase && suffix == "")
        }
        await database.close()
        guard suffix == "-shm" else {
            // Nothing can be read out of a file that is empty, but nobody is let in by it.
            #expect(await Damaged.errorOfOpening(temporary.path) != nil)
            return
        }
        #expect(await Damaged.errorOfOpening(temporary.path) == nil)
        #expect(try temporary.rows("SELECT user FROM event ORDER BY sequence") == [["agent"], ["agent"]])
    }
}

extension TemporaryDatabase {
    /// Which page each frame of the log holds.
    fileprivate func loggedPages() throws -> [Int] {
        let log = Array(try Damaged.log(path))
        return stride(from: 32, to: log.count, by: 24 + Damaged.pageSize).map { frame in
            log[frame..<frame + 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    fileprivate func bytes(_ suffix: String, _ range: Range<Int>) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(filePath: path + suffix))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(range.lowerBound))
        return Array(try file.read(upToCount: range.count) ?? Data())
    }

    /// Writes over a part of a file that connections of this process have open, and returns what was there. To close the
    /// index drops SQLite's locks on it, which only other processes would look at.
    fileprivate func replace(_ suffix: String, at offset: Int, with bytes: [UInt8]) throws -> [UInt8] {
        let file = try FileHandle(forUpdating: URL(filePath: path + suffix))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        let before = Array(try file.read(upToCount: bytes.count) ?? Data())
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data(bytes))
        return before
    }
}
