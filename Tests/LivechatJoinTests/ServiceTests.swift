import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@Suite("The service")
struct ServiceTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        let change: @Sendable (InMemoryJoinStore) async throws -> Void
        var request = LivechatJoinTests.request()
        let outcome: JoinOutcome

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "serves", change: { _ in }, outcome: .joined(.serving)),
        Row(name: "member", change: { try await $0.addMember("u1", to: "r1") }, outcome: .alreadyMember),
        Row(
            name: "no header",
            change: { _ in },
            request: JoinRequest(headerFields: [], query: "roomId=r1"),
            outcome: .refused(.notLoggedIn(.missing))
        ),
        Row(
            name: "header twice",
            change: { _ in },
            request: JoinRequest(userIDs: ["u1", "u1"], tokens: ["secret"], query: "roomId=r1"),
            outcome: .refused(.notLoggedIn(.malformed))
        ),
        Row(
            name: "wrong token",
            change: { _ in },
            request: LivechatJoinTests.request(token: "Secret"),
            outcome: .refused(.notLoggedIn(.unknown))
        ),
        Row(
            name: "no room named",
            change: { _ in },
            request: LivechatJoinTests.request(nil),
            outcome: .refused(.invalidParameters(.missing))
        ),
        Row(
            name: "the permission through a role in the room does not count",
            change: {
                try await $0.addRole("owner")
                try await $0.grant("view-l-room", to: ["owner"])
                try await $0.addMember("u1", to: "r1")
                try await $0.assign("owner", to: "u1", in: "r1")
                try await $0.revoke("view-l-room", from: ["livechat-agent"])
            },
            outcome: .refused(.lacksPermission(.notGranted))
        ),
        Row(name: "closed", change: { try await $0.closeRoom("r1") }, outcome: .refused(.roomClosed)),
        Row(
            name: "closed beats member",
            change: {
                try await $0.addMember("u1", to: "r1")
                try await $0.closeRoom("r1")
            },
            outcome: .refused(.roomClosed)
        ),
    ]

    @Test("Every outcome", arguments: rows, JoinProfile.all)
    func outcome(_ row: Row, _ profile: JoinProfile) async throws {
        let store = try await world()
        try await row.change(store)
        let seen = Mutex<[JoinOutcome]>([])
        let service = service(store, profile: profile) { _, outcome in seen.withLock { $0.append(outcome) } }
        #expect(try await service.join(row.request) == row.outcome)
        #expect(seen.withLock { $0 } == [row.outcome])
        if case .joined = row.outcome { #expect(try await service.join(row.request) == .alreadyMember) }
        let expected = profile.response(to: row.outcome)
        #expect(await service.respond(to: row.request) == expected)
    }

    @Test("A store that fails to decide is a 503")
    func failingDecide() async throws {
        let store = try await world()
        let service = service(store) { _, _ in Issue.record("there is no outcome") }
        store.failNextCalls(2, with: Oops())
        let error = await #expect(throws: JoinFailure.self) { try await service.join(request()) }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.cause as? Oops == Oops())
        #expect(await service.respond(to: request()) == .unavailable)
        #expect(try await store.joined.isEmpty)
    }

    @Test("Raw headers and query are answered")
    func respond() async throws {
        let fields = [(name: "x-user-id", value: "u1"), (name: "x-auth-token", value: "secret")]
        let response = await service(try await world()).respond(headerFields: fields, query: "roomId=r1")
        #expect("\(response)" == #"200 {"success":true}"#)
    }
}
