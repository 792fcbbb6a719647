import LivechatJoin
import LivechatJoinTesting
import Logging
import Synchronization
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
        Row("it has no inquiry; previewRoom is off") { _ in },
        Row("it has no inquiry") { try await $0.setPreviewRoom(true) },
        Row("its inquiry waits in the public queue; previewRoom is off") { try await $0.queue("r1") },
        Row("its inquiry is taken, not queued") { store in
            try await store.setPreviewRoom(true)
            try await store.load(fixture: Array(#"{"rooms":[{"id":"r1","inquiry":{"status":"taken"}}]}"#.utf8))
        },
        Row("its inquiry waits in billing, which is disabled") { store in
            try await store.setPreviewRoom(true)
            try await store.addDepartment("billing", isEnabled: false, agents: ["u2"])
            try await store.queue("r1", department: "billing")
        },
        Row("its inquiry waits in billing, and the user is not an agent of it") { store in
            try await store.setPreviewRoom(true)
            try await store.addDepartment("billing", agents: ["u1"])
            try await store.queue("r1", department: "billing")
        },
    ]

    @Test("Where somebody reads it, a refusal names who serves the room and where its inquiry waits", arguments: rows)
    func names(_ row: Row) async throws {
        let store = try await world()
        try await row.change(store)
        for agent in ["u1", nil] as [LivechatUserID?] {
            if agent == nil { try await store.unserve("r1") }
            let heard = Mutex("")
            let service = service(store) { _, outcome in heard.withLock { $0 = "\(outcome)" } }
            let outcome = try await service.join(request(user: "u2", token: "secret2"))
            let said = "served by \(agent.map { "\($0)" } ?? "nobody"); \(row.testDescription)"
            #expect("\(outcome)" == "refused: nothing lets the user into this room: \(said)")
            #expect(heard.withLock { $0 } == "\(outcome)")
            // What was looked at makes no other refusal of it.
            #expect(outcome == .refused(.noAccess()))
        }
    }

    @Test("Where nobody reads it, it says what the rules have looked at")
    func noNames() async throws {
        let store = try await world()
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = JoinService(store: store, clock: SettableClock().wallClock, logger: silent)
        let outcome = try await service.join(request(user: "u2", token: "secret2"))
        #expect(
            "\(outcome)" == "refused: nothing lets the user into this room: the user is not a member, does not hold "
                + "view-livechat-rooms and does not serve it; previewRoom is off"
        )
    }
}
