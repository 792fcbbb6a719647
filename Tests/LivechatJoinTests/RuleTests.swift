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
        let store = try world()
        let journal = Journal()
        let rules = [
            journal.rule("one"), journal.rule("two"), journal.rule("three", admits: false), journal.rule("four"),
        ]
        let outcome = try await service(store, rules: rules).join(request())
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "three"))))
        #expect(outcome.step == .rules)
        #expect(journal.all == ["one", "two", "three"])
        #expect(store.joined.isEmpty)
    }

    @Test("When all agree, the user joins, and each was asked once")
    func agree() async throws {
        let store = try world()
        let journal = Journal()
        let outcome = try await service(store, rules: [journal.rule("one"), journal.rule("two")]).join(request())
        #expect(outcome == .joined(.serving))
        #expect(journal.all == ["one", "two"])
        #expect(store.joined.count == 1)
    }

    @Test("A refusing rule's code is answered as JSON")
    func escaped() async throws {
        let rule = joinRule("say \"no\"\n\u{1}\\") { _ in false }
        let response = await service(try world(), rules: [rule]).respond(to: request())
        #expect("\(response)" == #"400 {"success":false,"error":"say \"no\"\n\u0001\\"}"#)
    }

    @Test("A rule that throws is a failure: 503, and nothing is written")
    func throwing() async throws {
        let store = try world()
        let service = service(store, rules: [joinRule("broken") { _ in throw Oops() }])
        let error = await #expect(throws: JoinFailure.self) { try await service.join(request()) }
        #expect(error?.code == .ruleFailed)
        #expect(error?.cause as? Oops == Oops())
        #expect(await service.respond(to: request()) == .unavailable)
        #expect(store.joined.isEmpty)
        #expect(store.members(of: "r1").isEmpty)
    }

    @Test("A rule after one that refuses is not asked, so it cannot fail")
    func throwingLater() async throws {
        let rules = [joinRule("no") { _ in false }, joinRule("broken") { _ in throw Oops() }]
        let outcome = try await service(try world(), rules: rules).join(request())
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "no"))))
    }

    @Test("Rules come before access")
    func beforeAccess() async throws {
        let store = try world()
        let stranger = request(user: "u2", token: "secret2")
        #expect(try await service(store).join(stranger) == .refused(.noAccess))
        let outcome = try await service(store, rules: [Journal().rule("no", admits: false)]).join(stranger)
        #expect(outcome == .refused(.rule(JoinRule.Refusal(code: "no"))))
    }

    @Test("Rules are asked about members too")
    func members() async throws {
        let store = try world()
        try store.addMember("u2", to: "r1")
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
        let store = try world()
        var query = "roomId=r1"
        switch step {
        case .authenticate: try store.revokeToken("secret", of: "u1")
        case .validate: query = ""
        case .authorize: try store.withdraw("view-l-room", from: "livechat-agent")
        case .find: query = "roomId=r9"
        default: try store.closeRoom("r1")
        }
        let journal = Journal()
        let outcome = try await service(store, rules: [journal.rule("no", admits: false)]).join(request(query))
        #expect(outcome.step == step)
        #expect(journal.all.isEmpty)
    }

    @Test("A rule sees the facts so far")
    func facts() async throws {
        let store = try world()
        try store.addDepartment("d1", agents: ["u1"])
        try store.addRole("owner", permissions: ["extra"])
        try store.addRoom("r2", servedBy: "u2", department: "d1", visitorToken: "v1", members: ["u2"])
        try store.addMember("u1", to: "r2", roles: ["owner"])
        let rule = joinRule("no") { question in
            question.user.string == "u1" && question.room.id.string == "r2" && question.room.isOpen
                && question.room.servedBy?.string == "u2" && question.room.departmentID?.string == "d1"
                && question.room.visitorToken?.value == "v1" && question.room.membersCount == 2
                && question.permissions.holds(LivechatPermission.viewLivechatRoom)
                && !question.permissions.roles.contains { $0.string == "owner" }
        }
        #expect(try await service(store, rules: [rule]).join(request("roomId=r2")) == .alreadyMember)
    }

    @Test("What changes while a rule waits is seen before anything is written")
    func changes() async throws {
        let rows: [(JoinStep, @Sendable (InMemoryJoinStore) throws -> Void)] = [
            (.open, { try $0.closeRoom("r1") }), (.authenticate, { try $0.deactivateUser("u1") }),
            (.authorize, { try $0.withdraw("view-l-room", from: "livechat-agent") }),
            (.access, { try $0.setServedBy(nil, of: "r1") }),
        ]
        for (step, change) in rows {
            let store = try world()
            let rule = joinRule("no") { _ in
                try change(store)
                return true
            }
            #expect(try await service(store, rules: [rule]).join(request()).step == step)
            #expect(store.joined.isEmpty)
        }
    }
}

/// A store that loses the room between two questions, as one over a network may.
private struct RoomLosingStore: JoinStore {
    let store: InMemoryJoinStore

    private struct Facts: LoginTokenLookup, PermissionLookup, RoomLookup {
        let facts: any JoinFacts

        func login(of user: LivechatUserID, with digest: LivechatTokenDigest) throws -> LoginRecord? {
            try facts.login(of: user, with: digest)
        }
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

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await store.decide(query) { try evaluate(Facts(facts: $0)) }
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await store.admit(query) { try evaluate(Facts(facts: $0)) }
    }
}

extension RuleTests {
    @Test("Rules that cannot be asked let nobody pass")
    func unasked() async throws {
        let store = try world()
        let service = JoinService(
            store: RoomLosingStore(store: store),
            rules: [joinRule("no") { _ in false }],
            clock: SettableClock().wallClock
        )
        #expect(try await service.join(request()) == .refused(.noSuchRoom))
        #expect(store.joined.isEmpty)
    }
}
