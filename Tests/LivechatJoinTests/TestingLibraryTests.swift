import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("LivechatJoinTesting")
struct TestingLibraryTests {
    @Test("The example of InMemoryJoinStore")
    func example() async throws {
        let store = InMemoryJoinStore()
        try await store.loadDefaultGrants()
        try await store.addUser("u1", roles: ["livechat-agent"])
        try await store.addRoom(LivechatRoom(id: "r1", servedBy: "u1"))
        let token = try await store.issueToken(for: "u1").reveal()

        let service = JoinService(store: store)
        let outcome = try await service.join(JoinRequest(userID: "u1", token: token, roomID: "r1"))
        #expect(outcome == .joined(.serving))
        #expect(try await store.events(after: 0, kinds: [.joined]).count == 1)
    }

    @Test("The example of SettableClock")
    func clockExample() async throws {
        let clock = SettableClock()
        let store = try await world(clock: clock)
        let service = JoinService(store: store, clock: clock.wallClock)
        clock.advance(by: .seconds(90 * 86_400))
        #expect(try await service.join(request()) == .refused(.notLoggedIn(.expired)))
        clock.advance(by: .milliseconds(-1))
        #expect(try await service.join(request()) == .joined(.serving))
    }

    @Test("A token can be issued for a while, by the store's own clock")
    func lifetime() async throws {
        let clock = SettableClock()
        let store = try await world(clock: clock)
        let service = JoinService(store: store, clock: clock.wallClock)
        let token = try await store.issueToken(for: "u1", expiresIn: .seconds(3_600)).reveal()
        clock.advance(by: .milliseconds(3_599_999))
        #expect(try await service.authenticate(JoinCredentials(userID: "u1", token: token)) == .loggedIn("u1"))
        clock.advance(by: .milliseconds(1))
        let late = try await service.authenticate(JoinCredentials(userID: "u1", token: token))
        #expect(late == .refused(.notLoggedIn(.expired)))
    }

    @Test("A clock stands where it is set")
    func clock() {
        let clock = SettableClock()
        #expect(clock.now.rfc3339 == "2026-01-01T00:00:00.000Z")
        clock.advance(by: .seconds(1) + .milliseconds(5))
        #expect(clock.wallClock.now.rfc3339 == "2026-01-01T00:00:01.005Z")
        clock.advance(by: .milliseconds(-1_006))
        #expect(clock.wallClock.now.rfc3339 == "2025-12-31T23:59:59.999Z")
        clock.set(LivechatTimestamp(milliseconds: 0))
        #expect(clock.now == LivechatTimestamp(milliseconds: 0))
    }

    @Test("Other users, tokens and rooms than the query's are unknown")
    func query() async throws {
        let store = try await world()
        try await store.addMember("u2", to: "r1")
        try await store.addToken("other", for: "u1", LivechatTokenRecord(createdAt: SettableClock().now))
        let query = JoinQuery(userID: "u1", digest: LivechatToken("secret").digest, roomID: "r9")
        let (one, other, room): (LivechatUserID, LivechatUserID, LivechatRoomID) = ("u1", "u2", "r1")
        let known = try await store.decide(query) { facts in
            [
                try facts.login(of: other, with: LivechatToken("secret2").digest) != nil,
                try facts.login(of: one, with: LivechatToken("other").digest) != nil,
                try !facts.permissions(of: other, in: nil).roles.isEmpty,
                try facts.room(room, for: one) != nil, try facts.room(room) != nil,
                try facts.queue(of: room, for: one).inquiry != nil,
            ]
        }
        #expect(known == Array(repeating: false, count: 6))
    }

    @Test("A store told to fail fails that often")
    func failing() async throws {
        let store = try await world()
        let service = service(store)
        store.failNextCalls(1)
        #expect(await service.respond(to: request()).status == 503)
        #expect(await service.respond(to: request()).status == 200)
        store.failNextCalls(.max)
        #expect(await service.respond(to: request()).status == 503)
        #expect(await service.respond(to: request()).status == 503)
        store.failNextCalls(0)
        #expect(await service.respond(to: request()).status == 200)
    }
}
