#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import ServerTesting

/// What the tests of this target are about: one agent, and a room for every answer.
enum Fixture {
    static let agent = "ann"
    static let token = "ann's token"
    static let nonASCIIRoom = "Zoë & co/100%+1"

    static func store() throws -> InMemoryJoinStore {
        let store = InMemoryJoinStore()
        try store.addRole("livechat-agent", permissions: ["view-l-room"])
        try store.addUser(agent, roles: ["livechat-agent"], token: token)
        try store.addToken("old", to: agent, expiresAt: LivechatTimestamp(milliseconds: 0))
        try store.addUser("bob", token: "bob's token")
        try store.addUser("ina", isActive: false, roles: ["livechat-agent"], token: "ina's token")
        for room in ["served", "ruled", "other", nonASCIIRoom] { try store.addRoom(room, servedBy: agent) }
        try store.addRoom("entered", members: [agent])
        try store.addRoom("closed", isOpen: false, servedBy: agent)
        try store.addRoom("channel", kind: "c", servedBy: agent)
        try store.addRoom("foreign")
        return store
    }

    static func service(_ store: InMemoryJoinStore, profile: JoinProfile = .documented) -> JoinService {
        let rule = joinRule(#"say "please""#) { question in question.room.id.string != "ruled" }
        return JoinService(store: store, profile: profile, rules: [rule])
    }
}

/// The two ways in: a router that the host has, and an application of our own.
enum Entrance: CaseIterable, Sendable {
    case router
    case application

    /// Runs a test against a server of the service.
    func test(
        _ service: JoinService,
        _ setup: TestEntrance = .router,
        options: JoinHTTPOptions = JoinHTTPOptions(),
        _ body: @Sendable (TestClient) async throws -> Void
    ) async throws {
        switch self {
        case .router:
            let router = Router()
            router.addLivechatJoin(service, options: options)
            try await Application(router: router).test(setup, body)
        case .application:
            try await Fixture.application(service, options: options).test(setup, body)
        }
    }
}

extension Fixture {
    static func application(
        _ service: JoinService,
        options: JoinHTTPOptions = JoinHTTPOptions(),
        checkReadiness: @escaping @Sendable () async throws -> Void = {}
    ) -> Application<JoinResponder> {
        Application(
            service,
            address: .hostname("localhost", port: 0),
            options: options,
            checkReadiness: checkReadiness
        )
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
#endif
