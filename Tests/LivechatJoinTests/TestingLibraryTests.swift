import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("LivechatJoinTesting")
struct TestingLibraryTests {
    @Test("The example of InMemoryJoinStore")
    func example() async throws {
        let store = InMemoryJoinStore()
        try store.addRole("livechat-agent", permissions: ["view-l-room"])
        try store.addUser("u1", roles: ["livechat-agent"], token: "secret")
        try store.addRoom("r1", servedBy: "u1")

        let service = JoinService(store: store)
        let outcome = try await service.join(JoinRequest(userID: "u1", token: "secret", roomID: "r1"))
        #expect(outcome == .joined(.serving))
        #expect(store.joined.count == 1)
    }

    @Test("The example of SettableClock")
    func clockExample() async throws {
        let clock = SettableClock()
        let store = try world(clock: clock)
        let service = JoinService(store: store, clock: clock.wallClock)
        clock.advance(by: .seconds(90 * 86_400))
        #expect(try await service.join(request()) == .refused(.notLoggedIn(.expired)))
        clock.advance(by: .milliseconds(-1))
        #expect(try await service.join(request()) == .joined(.serving))
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

    @Test("C4: tokens of every kind live as long as they should")
    func tokens() async throws {
        let clock = SettableClock()
        let store = try world(clock: clock)
        let service = service(store, clock: clock)
        try store.addToken("personal", to: "u1", kind: .personalAccess)
        try store.addToken("short", to: "u1", expiresAt: LivechatTimestamp(milliseconds: clock.now.milliseconds + 10))
        try store.addToken("old", to: "u1", createdAt: LivechatTimestamp(milliseconds: 0))
        func refusal(_ token: String) async throws -> JoinOutcome { try await service.join(request(token: token)) }
        #expect(try await refusal("old") == .refused(.notLoggedIn(.expired)))
        #expect(try await refusal("short") == .joined(.serving))
        clock.advance(by: .milliseconds(10))
        #expect(try await refusal("short") == .refused(.notLoggedIn(.expired)))
        store.setLoginExpirationDays(1)
        clock.advance(by: .seconds(86_400))
        #expect(try await refusal("secret") == .refused(.notLoggedIn(.expired)))
        store.setLoginExpirationDays(-1)
        #expect(try await refusal("secret") == .alreadyMember)
        clock.advance(by: .seconds(1_000 * 86_400))
        #expect(try await refusal("personal") == .alreadyMember)
        try store.revokeToken("personal", of: "u1")
        #expect(try await refusal("personal") == .refused(.notLoggedIn(.unknown)))
    }

    @Test("C6: the queue, department by department")
    func queue() async throws {
        let store = try world()
        try store.addDepartment("d1", agents: ["u2"])
        try store.addRoom("q", department: "d1")
        let service = service(store)
        let asking = request("roomId=q", user: "u2", token: "secret2")
        func expect(_ outcome: AccessOutcome, _ location: SourceLocation = #_sourceLocation) async throws {
            #expect(try await service.access(asking) == outcome, sourceLocation: location)
        }
        try store.setInquiry(of: "q", department: "d1")
        try await expect(.refused(.noAccess))
        store.setPreviewsQueue(true)
        try await expect(.admitted(.queuedInDepartment))
        try store.setDepartment("d1", isEnabled: false)
        try await expect(.refused(.noAccess))
        try store.addRole("livechat-manager")
        try store.setRoles(of: "u2", to: ["livechat-agent", "livechat-manager"])
        try await expect(.admitted(.queuedForManager))
        try store.setRoles(of: "u2", to: ["livechat-agent"])
        try store.setInquiry(of: "q", department: "d1", defaultAgent: "u2")
        try await expect(.admitted(.queuedForUser))
        try store.setInquiry(of: "q", status: "taken", department: "d1", defaultAgent: "u2")
        try await expect(.refused(.noAccess))
        try store.setInquiry(of: "q")
        try await expect(.admitted(.queuedInPublic))
        try store.removeInquiry(of: "q")
        try await expect(.refused(.noAccess))
        try store.setInquiry(of: "q", department: "d1")
        try store.setDepartment("d1", isEnabled: true)
        try store.setAgents(of: "d1", to: ["u1"])
        try await expect(.refused(.noAccess))
    }

    @Test("C7: events are numbered, and a membership that ended can be joined again")
    func events() async throws {
        let store = try world()
        let service = service(store)
        #expect(try await service.join(request()) == .joined(.serving))
        try store.removeMember("u1", from: "r1")
        #expect(try await service.join(request()) == .joined(.serving))
        #expect(store.joined.map(\.sequence) == [1, 2])
        #expect(store.members(of: "nowhere").isEmpty)
    }

    @Test("Other users, tokens and rooms than the query's are unknown")
    func query() async throws {
        let store = try world()
        try store.addMember("u2", to: "r1")
        try store.addToken("other", to: "u1")
        let query = JoinQuery(
            userID: try LivechatUserID("u1"),
            digest: LivechatToken("secret").digest,
            roomID: try LivechatRoomID("r9")
        )
        let (one, other, room) = (try LivechatUserID("u1"), try LivechatUserID("u2"), try LivechatRoomID("r1"))
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

    @Test("A world that cannot be is refused and changes nothing")
    func mistakes() throws {
        let store = try world()
        let rows: [(String, () throws -> Void)] = [
            (#"no user "u9"; add it first"#, { try store.addRoom("r2", servedBy: "u9") }),
            (#"no user "u9"; add it first"#, { try store.addRoom("r2", members: ["u1", "u9"]) }),
            (#"no user "u9"; add it first"#, { try store.deactivateUser("u9") }),
            (#"no role "x"; add it first"#, { try store.addUser("u3", roles: ["x"]) }),
            (#"no role "x"; add it first"#, { try store.grant("view-l-room", to: "x") }),
            (#"no room "r2"; add it first"#, { try store.closeRoom("r2") }),
            (#"no department "d1"; add it first"#, { try store.addRoom("r2", department: "d1") }),
            (#"there is a user "u1" already"#, { try store.addUser("u1") }),
            (#"there is a room "r1" already"#, { try store.addRoom("r1") }),
            (#"there is a role "livechat-agent" already"#, { try store.addRole("livechat-agent") }),
            ("the user's id is empty, an id has 1 to 256 bytes", { try store.addUser("") }),
            (
                "the permission's id is empty, an id has 1 to 256 bytes",
                { try store.addRole("r", permissions: ["a", ""]) }
            ),
        ]
        for (words, change) in rows {
            let error = #expect(throws: InvalidWorld.self) { try change() }
            #expect(error?.description == words)
        }
        try store.addUser("u3")
        try store.addRole("r")
        try store.addRoom("r2")
        #expect(store.members(of: "r2").isEmpty)
    }

    @Test("A store told to fail fails that often")
    func failing() async throws {
        let store = try world()
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
