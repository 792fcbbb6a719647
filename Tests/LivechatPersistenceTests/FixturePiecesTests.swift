import LivechatJoin
import LivechatSQLite
import Synchronization
import Testing

@testable import LivechatPersistence

@Suite("A fixture that comes in pieces", .serialized)
struct FixturePiecesTests {
    @Test("Pieces of any size are the same document", arguments: [1, 2, 3, 7, 64, 4_096])
    func sizes(_ size: Int) throws {
        let found = try elements(of: reader(of: Array(completeFixture.utf8), inPiecesOf: size))
        let whole = try elements(of: completeFixture)
        #expect(found.map(\.element) == whole.map(\.element))
        #expect(found.map(\.place) == whole.map(\.place))
    }

    @Test(
        "A mistake far into a document is where it is, on one line or on many",
        arguments: [("", 1, 18), ("\n", 20_002, 18)],
        [10, 1_000, 1 << 18, 1 << 22]
    )
    func place(_ end: (separator: String, line: Int, column: Int), _ size: Int) {
        let user = #"{"id":"ü"},"# + end.separator
        let count = 20_000
        let text = #"{"users":["# + end.separator + String(repeating: user, count: count) + #"{"id":"u","active":x}]}"#
        let characters = end.separator.isEmpty ? 10 + user.count * count : 0
        let message = mistake(in: reader(of: Array(text.utf8), inPiecesOf: size))
        let (line, column) = (end.line, characters + end.column + 2)
        #expect(
            message == "users[\(count)].active: expected true or false, found \"x\" (line \(line), column \(column))"
        )
    }

    @Test("A text longer than what is held at a time", arguments: [1_000, 1 << 18])
    func longText(_ size: Int) throws {
        let name = String(repeating: "ü😀", count: 50_000)
        let text = #"{"users":[{"id":"u","username":""# + name + #""},{"id":"v"}]}"#
        let found = try elements(of: reader(of: Array(text.utf8), inPiecesOf: size))
        let long = FixtureUser {
            $0.id = id("u")
            $0.username = .value(name)
        }
        #expect(found.map(\.element) == [.user(long), .user(FixtureUser { $0.id = id("v") })])
    }

    private struct Gone: Error {}

    @Test("A document that cannot be read on loads nothing, and says why", arguments: [0, 1, 20, 60])
    func gone(_ last: Int) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let before = try await database.dump()
        let bytes = Array(#"{"users":[{"id":"n"},{"id":"m"}],"rooms":[{"id":"r","servedBy":"n"}]}"#.utf8)
        await #expect(throws: Gone.self) {
            try await database.load { offset in
                if offset >= last { throw Gone() }
                return Array(bytes[offset..<min(offset + 10, bytes.count)])
            }
        }
        #expect(try await database.dump() == before)
        await database.close()
    }

    /// Documents, and whether somebody else may write during each of their readings.
    private static let readings = [
        (#"{"users":[{"id":"n","roles":["user"]}],"rooms":[{"id":"r","servedBy":"n"}]}"#, [true, false]),
        (#"{"rooms":[{"id":"r","servedBy":"n"}],"users":[{"id":"n"}]}"#, [true, false]),
        (#"{"rooms":[{"id":"r","servedBy":"n"}],"users":[{"id":"m"}]}"#, [true, true]),
        (#"{"users":[{"id":"n"},{"id":"n"}]}"#, [true]), (#"{"users":[{"id":"n"}"#, [true]),
    ]

    @Test("A document is checked before the write lock is taken, and read once while it is held", arguments: readings)
    func locks(_ document: String, _ expected: [Bool]) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let (bytes, path) = (Array(document.utf8), temporary.path)
        let mayWrite = Mutex<[Bool]>([])
        do {
            try await database.load { offset in
                if offset == 0 {
                    let other = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 0))
                    let isFree = (try? other.execute("BEGIN IMMEDIATE; ROLLBACK")) != nil
                    mayWrite.withLock { $0.append(isFree) }
                }
                return Array(bytes[offset...])
            }
            #expect(expected.last == false)
        } catch is FixtureError {
            #expect(expected.last == true)
        }
        #expect(mayWrite.withLock { $0 } == expected)
        await database.close()
    }

    @Test("What another program removes after the check is an error, and nothing is loaded")
    func removedMeanwhile() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: #"{"users":[{"id":"n"}]}"#)
        let (bytes, path) = (Array(#"{"users":[{"id":"m"}],"rooms":[{"id":"r","servedBy":"n"}]}"#.utf8), temporary.path)
        let isGone = Atomic(false)
        let error = await #expect(throws: FixtureError.self) {
            try await database.load { offset in
                // At its end all of it has been checked.
                if offset == bytes.count, !isGone.exchange(true, ordering: .relaxed) {
                    let other = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 5_000))
                    try other.execute("DELETE FROM livechat_user WHERE id = 'n'")
                }
                return Array(bytes[offset...])
            }
        }
        #expect(error?.description == #"fixture: no user "n" any more: it was removed meanwhile, load again"#)
        #expect(try await database.dumpLines().contains(#""rooms": []"#))
        #expect(try await database.dumpLines().contains(#""users": []"#))
        await database.close()
    }
}
