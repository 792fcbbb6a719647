import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("What a refusal says of the room")
struct AccessFindingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (InMemoryJoinStore) async throws -> Void

        init(_ said: String, _ change: @escaping @Sendable (InMemoryJoinStore) async throws -> Void) {
            testDescription = said
            self.change = change
        }
    }

    static let rows = [
        Row("previewRoom is off") { _ in },
        Row("it has no inquiry") { try await $0.setPreviewRoom(true) },
        Row("its inquiry is not queued") { store in
            try await store.setPreviewRoom(true)
            try await store.load(fixture: Array(#"{"rooms":[{"id":"r1","inquiry":{"status":"taken"}}]}"#.utf8))
        },
        Row("its inquiry waits in a department that is disabled") { store in
            try await store.setPreviewRoom(true)
            try await store.addDepartment("billing", isEnabled: false, agents: ["u2"])
            try await store.queue("r1", department: "billing")
        },
        Row("its inquiry waits in a department of which the user is not an agent") { store in
            try await store.setPreviewRoom(true)
            try await store.addDepartment("billing", agents: ["u1"])
            try await store.queue("r1", department: "billing")
        },
    ]

    @Test("The first thing that keeps the queue closed", arguments: rows)
    func finding(_ row: Row) async throws {
        let store = try await world()
        try await row.change(store)
        let outcome = try await service(store).join(request(user: "u2", token: "secret2"))
        #expect(
            "\(outcome)" == "refused: nothing lets the user into this room: the user is not a member, does not hold "
                + "view-livechat-rooms and does not serve it; \(row.testDescription)"
        )
        // What was looked at makes no other refusal of it.
        #expect(outcome == .refused(.noAccess()))
    }
}
