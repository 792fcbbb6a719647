import Foundation
import LivechatJoin
import LivechatSQLite
import Logging
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("The write-ahead log", .serialized, .timeLimit(.minutes(10)))
struct LogTests {
    private static let logBytes = 1 << 18
    /// Some fifty times as much as may wait to be written back.
    private static let writes = 200
    private static let bytesPerWrite = 1 << 16
    /// Four times what may wait to be written back, once more for what comes before the next try, and the frames' heads; a
    /// quarter more lies ahead.
    private static let bound = 6 * logBytes * 5 / 4

    @Test("Writes that go on while another process reads now and then do not let it grow without end")
    func bounded() async throws {
        let temporary = try TemporaryDatabase()
        let writing = try temporary.open { $0.logBytes = Self.logBytes }
        try await writing.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        let reading = try temporary.open { $0.logBytes = Self.logBytes }
        var longest = 0
        for number in 0..<Self.writes {
            let text = String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: Self.bytesPerWrite)
            try await writing.setUser(UserID("u"), username: text)
            if number.isMultiple(of: 5) {
                let service = JoinService(store: reading)
                _ = try await service.join(JoinRequest(userID: "u", token: "t", roomID: "r"))
            }
            longest = max(longest, writing.logBytes)
        }
        #expect(longest > Self.logBytes)
        #expect(longest < Self.bound)
        await reading.close()
        await writing.close()
        #expect(!FileManager.default.fileExists(atPath: temporary.path + "-wal"))
    }

    @Test("Few commits make its file longer, and what lies ahead of them is nothing to whoever opens it")
    func ahead() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        try await database.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        let log = temporary.path + "-wal"
        var lengths = Set<Int>()
        for number in 0..<Self.writes {
            try await database.setUser(UserID("u"), username: "\(number)")
            lengths.insert(try Data(contentsOf: URL(filePath: log)).count)
        }
        #expect(lengths.count < Self.writes / 5)
        // What is left where power is lost.
        let copy = try TemporaryDatabase()
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: temporary.path + ending, toPath: copy.path + ending)
        }
        #expect(try Data(contentsOf: URL(filePath: copy.path + "-wal")).suffix(24).allSatisfy { $0 == 0 })
        #expect(try await JoinDatabase.check(path: copy.path).filter { !$0.holds } == [])
        #expect(try copy.rows("SELECT username FROM user") == [["\(Self.writes - 1)"]])
        await database.close()
    }

    @Test("What a long reader has made of it is told, and cut off once the reader has gone")
    func pinned() async throws {
        let temporary = try TemporaryDatabase()
        let told = Told()
        var options = JoinDatabase.Options()
        options.logBytes = Self.logBytes
        let database = try JoinDatabase(
            path: temporary.path,
            options: options,
            logger: Logger(label: "test") { _ in Told.Handler(told: told) }
        )
        try await database.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        func write(_ number: Int) async throws {
            // SQLite does not write what is there already.
            let letter: Character = number.isMultiple(of: 2) ? "x" : "y"
            try await database.setUser(UserID("u"), username: String(repeating: letter, count: Self.bytesPerWrite))
        }
        let reader = try temporary.connect(.readOnly)
        try reader.execute("BEGIN; SELECT count(*) FROM user")
        for number in 0..<60 { try await write(number) }
        #expect(database.logBytes > 2 * Self.bound)
        #expect(told.all.contains { $0.contains("cannot begin anew") && $0.contains("bytes") })
        try reader.execute("COMMIT")
        for number in 0..<40 { try await write(number) }
        #expect(database.logBytes < Self.bound)
        await database.close()
    }
}

@Suite("Writing the log back")
struct WriteBackTests {
    @Test("What needs the write lock fails where another has it, rather than go on without it")
    func blocked() async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        try await database.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        let writing = try temporary.connect(.readWrite)
        let checkpoint = try temporary.connect(.readWrite)
        let isNeeded = checkpoint.needWriteLockToCheckpoint()
        #expect(isNeeded)
        try checkpoint.execute("PRAGMA busy_timeout = 0")
        try writing.execute("BEGIN IMMEDIATE")
        let index = WriteAheadLogIndex(writing)
        let log = try #require(index)
        let before = log.framesWrittenBack
        let error = #expect(throws: SQLiteError.self) { try checkpoint.integer("PRAGMA wal_checkpoint(RESTART)") }
        #expect(error?.isBlocked == true)
        #expect(log.framesWrittenBack == before)
        try writing.execute("ROLLBACK")
        let isBusy = try checkpoint.integer("PRAGMA wal_checkpoint(RESTART)")
        #expect(isBusy == 0)
        #expect(log.framesWrittenBack > before)
        await database.close()
    }

    @Test("A pool of which no reader can be opened says so, and ends nothing")
    func noReader() throws {
        let temporary = try TemporaryDatabase()
        let path = temporary.path + "-none"
        #expect(throws: SQLiteError.self) {
            _ = try ReaderPool(
                path: path,
                options: JoinDatabase.Options(),
                logins: LoginCache(capacity: 1),
                files: OpenedFiles(path: path, fileName: path)
            )
        }
    }
}

/// What a logger was told.
private final class Told: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    struct Handler: LogHandler {
        let told: Told
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            told.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
