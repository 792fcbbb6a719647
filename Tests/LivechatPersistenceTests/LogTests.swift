import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Logging
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("The write-ahead log", .serialized, .timeLimit(.minutes(10)))
struct LogTests {
    private static let logBytes = 1 << 18
    /// Some fifty times as much as may wait for a checkpoint.
    private static let writes = 200
    private static let bytesPerWrite = 1 << 16
    /// Four times what may wait for a checkpoint, once more for what comes before the next try, and the frames'
    /// headers.
    private static let bound = 6 * logBytes

    @Test("Writes that go on while another process reads now and then do not let it grow without end")
    func bounded() async throws {
        let temporary = try TemporaryDatabase()
        let writing = try temporary.open { $0.logBytes = Self.logBytes }
        try await writing.load(fixture: Array(#"{"users":[{"id":"u"}]}"#.utf8))
        let reading = try temporary.open { $0.logBytes = Self.logBytes }
        var longest = 0
        for number in 0..<Self.writes {
            let text = String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: Self.bytesPerWrite)
            try await writing.setUser(LivechatUserID("u"), username: text)
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
            try await database.setUser(
                LivechatUserID("u"),
                username: String(repeating: letter, count: Self.bytesPerWrite)
            )
        }
        let reader = try temporary.connect(.readOnly)
        try reader.execute("BEGIN; SELECT count(*) FROM livechat_user")
        for number in 0..<60 { try await write(number) }
        #expect(database.logBytes > 2 * Self.bound)
        #expect(told.all.contains { $0.contains("cannot restart") && $0.contains("bytes") })
        try reader.execute("COMMIT")
        for number in 0..<40 { try await write(number) }
        #expect(database.logBytes < Self.bound)
        await database.close()
    }
}

@Suite("The pool of readers")
struct ReaderPoolTests {
    @Test("A pool of which no reader can be opened says so, and ends nothing")
    func noReader() throws {
        let temporary = try TemporaryDatabase()
        let path = temporary.path + "-none"
        #expect(throws: SQLiteError.self) {
            _ = try ReaderPool(
                path: path,
                options: JoinDatabase.Options(),
                memory: Lookups.Memory(logins: LoginCache(capacity: 1)),
                files: OpenedFiles(path: path, fileName: path, logger: Logger(label: "test"))
            )
        }
    }
}

@Suite("What is logged at opening")
struct OpeningTests {
    @Test("A limit of SQLite's is said once in a process, however many databases are opened")
    func limit() throws {
        let told = Told()
        let logger = Logger(label: "test") { _ in Told.Handler(told: told) }
        let temporary = try TemporaryDatabase()
        for _ in 1...3 { _ = try JoinDatabase(path: temporary.path, logger: logger) }
        #expect(told.all.count { $0.hasPrefix("SQLite ") } <= 1)
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
