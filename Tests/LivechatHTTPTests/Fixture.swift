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

    static func store() async throws -> InMemoryJoinStore {
        let store = InMemoryJoinStore()
        try await store.addPermission("view-l-room")
        try await store.addRole("livechat-agent")
        try await store.grant("view-l-room", to: ["livechat-agent"])
        for user: LivechatUserID in ["ann", "bob", "ina"] {
            try await store.addUser(LivechatUser(id: user), roles: user == "bob" ? [] : ["livechat-agent"])
            let record = LivechatTokenRecord(createdAt: LivechatClock.system.now)
            try await store.addToken(LivechatToken("\(user)'s token"), for: user, record)
        }
        let past = LivechatTimestamp(milliseconds: 0)
        try await store.addToken("old", for: "ann", LivechatTokenRecord(createdAt: past, expiresAt: past))
        try await store.setUser("ina", isActive: false)
        for room: LivechatRoomID in ["served", "ruled", "other", LivechatRoomID(stringLiteral: nonASCIIRoom)] {
            try await store.addRoom(LivechatRoom(id: room, servedBy: "ann"))
        }
        for room: LivechatRoom in ["entered", "foreign"] { try await store.addRoom(room) }
        try await store.addMember("ann", to: "entered")
        try await store.addRoom(LivechatRoom(id: "closed", isOpen: false, servedBy: "ann"))
        try await store.addRoom(LivechatRoom(id: "channel", servedBy: "ann"), kind: "c")
        return store
    }

    static func service(_ store: InMemoryJoinStore, profile: JoinProfile = .documented) -> JoinService {
        let rule = joinRule(#"say "please""#) { question in question.room.id.string != "ruled" }
        return JoinService(store: store, profile: profile, rules: [rule])
    }
}

extension Fixture {
    /// Runs a test against the router of a host.
    static func test(
        _ service: JoinService,
        _ entrance: TestEntrance = .router,
        options: JoinHTTPOptions = JoinHTTPOptions(),
        _ body: @Sendable (TestClient) async throws -> Void
    ) async throws {
        let router = Router()
        router.addLivechatJoin(service, options: options)
        try await Application(router: router).test(entrance, body)
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
#endif
