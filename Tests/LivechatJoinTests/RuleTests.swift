import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@Suite("C3: the embedder's own rules")
struct RuleTests {
    /// What rules were asked, in order.
    final class Journal: Sendable {
        private let entries = Mutex<[String]>([])

        var all: [String] { entries.withLock { $0 } }

        func rule(_ code: String, admits: Bool = true) -> JoinRule {
            joinRule(code) { _ in
                self.entries.withLock { $0.append(code) }
                return admits
            }
        }
    }

    @Test("Rules are asked in their order, each once, and the first that refuses decides")
    func order() async throws {
        let store = try await world()
        let journal = Journal()
        let rules = [
            journal.rule("one"), journal.rule("two"), journal.rule("three", admits: false), journal.rule("four"),
        ]
        let outcome = try await service(store, rules: rules).join(request())
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "three"))))
        #expect(outcome.step == .rules)
        #expect(journal.all == ["one", "two", "three"])
        #expect(try await store.joined.isEmpty)
    }

    @Test("When all agree, the user joins, and each was asked once")
    func agree() async throws {
        let store = try await world()
        let journal = Journal()
        let outcome = try await service(store, rules: [journal.rule("one"), journal.rule("two")]).join(request())
        #expect(outcome == .joined(.serving))
        #expect(journal.all == ["one", "two"])
        #expect(try await store.joined.count == 1)
    }

    @Test("A refusing rule's code is answered as JSON")
    func escaped() async throws {
        let rule = joinRule("say \"no\"\n\u{1}\\") { _ in false }
        let response = await service(try await world(), rules: [rule]).respond(to: request())
        #expect("\(response)" == #"400 {"success":false,"error":"say \"no\"\n\u0001\\"}"#)
    }

    @Test("A rule that throws is a failure: 503, and nothing is written")
    func throwing() async throws {
        let store = try await world()
        let service = service(store, rules: [joinRule("broken") { _ in throw Oops() }])
        let error = await #expect(throws: JoinFailure.self) { try await service.join(request()) }
        #expect(error?.code == .ruleFailed)
        #expect(error?.cause as? Oops == Oops())
        #expect(await service.respond(to: request()) == .unavailable)
        #expect(try await store.joined.isEmpty)
        #expect(try await store.members(of: "r1").isEmpty)
    }

    @Test("A rule after one that refuses is not asked, so it cannot fail")
    func throwingLater() async throws {
        let rules = [joinRule("no") { _ in false }, joinRule("broken") { _ in throw Oops() }]
        let outcome = try await service(try await world(), rules: rules).join(request())
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "no"))))
    }

    @Test("A rule gets the moment of the decision, and the one that explain asks about")
    func moment() async throws {
        let store = try await world()
        let clock = SettableClock()
        let open = LivechatTimestamp(milliseconds: clock.now.milliseconds + 3_600_000)
        let hours = joinRule("error-hours") { $0.at >= open }
        let service = JoinService(store: store, rules: [hours], clock: clock.wallClock)
        #expect(try await service.explain(user: "u1", room: "r1", isVerified: true).decidedBy == .rules)
        #expect(try await service.explain(user: "u1", room: "r1", isVerified: true, at: open).decidedBy == .join)
        #expect(try await service.join(JoinRequest(.verified("u1"), roomID: "r1")).step == .rules)
        clock.advance(by: .seconds(3_600))
        #expect(try await service.join(JoinRequest(.verified("u1"), roomID: "r1")) == .joined(.serving))
    }

    @Test("Rules come before access")
    func beforeAccess() async throws {
        let store = try await world()
        let stranger = request(user: "u2", token: "secret2")
        #expect(try await service(store).join(stranger) == .refused(.noAccess()))
        let outcome = try await service(store, rules: [Journal().rule("no", admits: false)]).join(stranger)
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "no"))))
    }

    @Test("Rules are asked about members too")
    func members() async throws {
        let store = try await world()
        try await store.addMember("u2", to: "r1")
        let member = request(user: "u2", token: "secret2")
        #expect(try await service(store).join(member) == .alreadyMember)
        let outcome = try await service(store, rules: [Journal().rule("no", admits: false)]).join(member)
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "no"))))
    }

    @Test(
        "Rules are asked about no request that an earlier step refused",
        arguments: [JoinStep.authenticate, .validate, .authorize, .find, .open]
    )
    func earlier(_ step: JoinStep) async throws {
        let store = try await world()
        var query = "roomId=r1"
        switch step {
        case .authenticate: try await store.revokeTokens(of: "u1")
        case .validate: query = ""
        case .authorize: try await store.revoke("view-l-room", from: ["livechat-agent"])
        case .find: query = "roomId=r9"
        default: try await store.closeRoom("r1")
        }
        let journal = Journal()
        let outcome = try await service(store, rules: [journal.rule("no", admits: false)]).join(request(query))
        #expect(outcome.step == step)
        #expect(journal.all.isEmpty)
    }

    @Test("A rule sees the facts so far")
    func facts() async throws {
        let store = try await world()
        try await store.addDepartment("d1", agents: ["u1"])
        try await store.addRole("owner")
        let visitor = LivechatVisitorToken("v1")
        try await store.addRoom(LivechatRoom(id: "r2", servedBy: "u2", departmentID: "d1", visitorToken: visitor))
        for user: LivechatUserID in ["u1", "u2"] { try await store.addMember(user, to: "r2") }
        try await store.assign("owner", to: "u1", in: "r2")
        let rule = joinRule("no") { question in
            question.user.string == "u1" && question.room.id.string == "r2" && question.room.isOpen
                && question.room.servedBy?.string == "u2" && question.room.departmentID?.string == "d1"
                && question.room.visitorToken?.value == "v1" && question.room.membersCount == 2
                && question.permissions.holds(.viewLivechatRoom)
                && !question.permissions.roles.contains { $0.string == "owner" }
        }
        #expect(try await service(store, rules: [rule]).join(request("roomId=r2")) == .alreadyMember)
    }

    @Test("What changes while a rule waits is seen before anything is written")
    func changes() async throws {
        let rows: [(JoinStep, @Sendable (InMemoryJoinStore) async throws -> Void)] = [
            (.open, { try await $0.closeRoom("r1") }), (.authenticate, { try await $0.revokeTokens(of: "u1") }),
            (.authorize, { try await $0.revoke("view-l-room", from: ["livechat-agent"]) }),
            (.access, { try await $0.unserve("r1") }),
        ]
        for (step, change) in rows {
            let store = try await world()
            let rule = joinRule("no") { _ in
                try await change(store)
                return true
            }
            #expect(try await service(store, rules: [rule]).join(request()).step == step)
            #expect(try await store.joined.isEmpty)
        }
    }
}

/// What a store over a network may tell that has lost the room between two questions.
private struct RoomLosingFacts: LoginTokenLookup, PermissionLookup, RoomLookup {
    let facts: any JoinFacts

    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) throws -> LoginRecord? {
        try facts.login(of: user, with: digest)
    }
    func isActive(_ user: LivechatUserID) throws -> Bool? { try facts.isActive(user) }
    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) throws -> EffectivePermissions {
        try facts.permissions(of: user, in: room)
    }
    func room(_ room: LivechatRoomID, for user: LivechatUserID) throws -> RoomFact? {
        try facts.room(room, for: user)
    }
    func queue(of room: LivechatRoomID, for user: LivechatUserID) throws -> QueueFact {
        try facts.queue(of: room, for: user)
    }
    func room(_ room: LivechatRoomID) throws -> LivechatRoom? { nil }
}

extension RuleTests {
    @Test("Rules that cannot be asked let nobody pass")
    func unasked() async throws {
        let store = try await world()
        let losing = InterposedJoinStore(
            store,
            decide: { store, query, evaluate in
                try await store.decide(query) { try evaluate(RoomLosingFacts(facts: $0)) }
            }
        )
        let service = service(losing, rules: [joinRule("no") { _ in false }])
        #expect(try await service.join(request()) == .refused(.noSuchRoom))
        #expect(try await store.joined.isEmpty)
    }
}
