import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("Who acts")
struct ActorTests {
    @Test(
        "A name has 1 to 256 bytes without a NUL",
        arguments: [
            ("", InvalidLivechatID.empty), ("a\0b", .hasNUL),
            (String(repeating: "é", count: 129), .tooLong(bytes: 258)),
            ("m", nil), (String(repeating: "é", count: 128), nil),
        ]
    )
    func names(_ name: String, _ error: InvalidLivechatID?) {
        do throws(InvalidLivechatID) {
            #expect(try JoinActor(name).name == name)
            #expect(error == nil)
        } catch let found {
            #expect(found == error)
        }
    }

    @Test("The innermost acts, in child tasks too, and nobody does outside")
    func nesting() async throws {
        let store = InMemoryJoinStore()
        try await JoinActor("mia").perform {
            try await store.addPermission("a")
            try await JoinActor("ben").perform { try await store.addPermission("b") }
            try await withThrowingTaskGroup { group in
                group.addTask { try await store.addPermission("c") }
                try await group.waitForAll()
            }
        }
        try await store.addPermission("d")
        #expect(try await store.events(after: 0).map(\.by) == ["mia", "ben", "mia", nil])
    }
}
