import LivechatJoin
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

    @Test("A document is read twice only where it refers to what stands behind")
    func readings() async throws {
        let documents = [
            (
                #"{"users":[{"id":"n","roles":["user"]}],"rooms":[{"id":"r","servedBy":"n","members":[{"userId":"n"}]}]}"#,
                1
            ),
            (#"{"rooms":[{"id":"r","servedBy":"n"}],"users":[{"id":"n"}]}"#, 2),
        ]
        for (document, times) in documents {
            let temporary = try TemporaryDatabase()
            let database = try temporary.open()
            let bytes = Array(document.utf8)
            let begun = Atomic(0)
            try await database.load { offset in
                if offset == 0 { begun.add(1, ordering: .relaxed) }
                return Array(bytes[offset...])
            }
            #expect(begun.load(ordering: .relaxed) == times)
            await database.close()
        }
    }
}
