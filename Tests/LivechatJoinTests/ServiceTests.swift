import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@Suite("The service")
struct ServiceTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        let change: @Sendable (InMemoryJoinStore) throws -> Void
        var request = LivechatJoinTests.request()
        let outcome: JoinOutcome

        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "serves", change: { _ in }, outcome: .joined(.serving)),
        Row(name: "member", change: { try $0.addMember("u1", to: "r1") }, outcome: .alreadyMember),
        Row(
            name: "may view all rooms",
            change: {
                try $0.setServedBy(nil, of: "r1")
                try $0.grant("view-livechat-rooms", to: "livechat-agent")
            },
            outcome: .joined(.permission)
        ),
        Row(
            name: "previews the public queue",
            change: {
                try $0.setServedBy(nil, of: "r1")
                try $0.setInquiry(of: "r1")
                $0.setPreviewsQueue(true)
            },
            outcome: .joined(.queuedInPublic)
        ),
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
            name: "another user's token",
            change: { _ in },
            request: LivechatJoinTests.request(user: "u2"),
            outcome: .refused(.notLoggedIn(.unknown))
        ),
        Row(
            name: "unknown user",
            change: { _ in },
            request: LivechatJoinTests.request(user: "u9"),
            outcome: .refused(.notLoggedIn(.unknown))
        ),
        Row(
            name: "inactive",
            change: { try $0.deactivateUser("u1") },
            outcome: .refused(.notLoggedIn(.inactive))
        ),
        Row(
            name: "no room named",
            change: { _ in },
            request: LivechatJoinTests.request(nil),
            outcome: .refused(.invalidParameters(.missing))
        ),
        Row(
            name: "lacks the permission",
            change: { try $0.withdraw("view-l-room", from: "livechat-agent") },
            outcome: .refused(.lacksPermission(.notGranted))
        ),
        Row(
            name: "restricted",
            change: { try $0.restrict("livechat-agent", to: ["other"]) },
            outcome: .refused(.lacksPermission(.restricted(by: LivechatRoleID(stored: "livechat-agent"))))
        ),
        Row(
            name: "the permission through a role in the room does not count",
            change: {
                try $0.addRole("owner", permissions: ["view-l-room"])
                try $0.addMember("u1", to: "r1", roles: ["owner"])
                try $0.withdraw("view-l-room", from: "livechat-agent")
            },
            outcome: .refused(.lacksPermission(.notGranted))
        ),
        Row(
            name: "no such room",
            change: { _ in },
            request: LivechatJoinTests.request("roomId=r9"),
            outcome: .refused(.noSuchRoom)
        ),
        Row(
            name: "an empty id",
            change: { _ in },
            request: LivechatJoinTests.request("roomId="),
            outcome: .refused(.noSuchRoom)
        ),
        Row(
            name: "another kind of room",
            change: { try $0.addRoom("c1", kind: "c", servedBy: "u1") },
            request: LivechatJoinTests.request("roomId=c1"),
            outcome: .refused(.noSuchRoom)
        ),
        Row(name: "closed", change: { try $0.closeRoom("r1") }, outcome: .refused(.roomClosed)),
        Row(
            name: "closed beats member",
            change: {
                try $0.addMember("u1", to: "r1")
                try $0.closeRoom("r1")
            },
            outcome: .refused(.roomClosed)
        ),
        Row(name: "no way in", change: { try $0.setServedBy("u2", of: "r1") }, outcome: .refused(.noAccess)),
    ]

    @Test("Every outcome", arguments: rows, JoinProfile.all)
    func outcome(_ row: Row, _ profile: JoinProfile) async throws {
        let store = try world()
        try row.change(store)
        let members = store.members(of: "r1")
        let seen = Mutex<[JoinOutcome]>([])
        let service = service(store, profile: profile) { _, outcome in seen.withLock { $0.append(outcome) } }
        #expect(try await service.join(row.request) == row.outcome)
        #expect(seen.withLock { $0 } == [row.outcome])
        if case .joined = row.outcome {
            #expect(store.joined.map(\.userID.string) == ["u1"])
            #expect(store.joined.map(\.roomID.string) == ["r1"])
            #expect(store.joined.map(\.at) == [SettableClock().now])
            #expect(store.members(of: "r1").map(\.string) == ["u1"])
            #expect(try await service.join(row.request) == .alreadyMember)
            #expect(store.joined.count == 1)
        } else {
            #expect(store.joined.isEmpty)
            #expect(store.members(of: "r1") == members)
        }
        let expected = profile.response(to: row.outcome)
        #expect(await service.respond(to: row.request) == expected)
    }

    @Test("What changes before the commit decides")
    func secondEvaluation() async throws {
        let rows: [(JoinOutcome, @Sendable (InMemoryJoinStore) throws -> Void)] = [
            (.refused(.notLoggedIn(.unknown)), { try $0.revokeToken("secret", of: "u1") }),
            (.refused(.notLoggedIn(.inactive)), { try $0.deactivateUser("u1") }),
            (.refused(.lacksPermission(.notGranted)), { try $0.setRoles(of: "u1", to: []) }),
            (.refused(.lacksPermission(.notGranted)), { try $0.withdraw("view-l-room", from: "livechat-agent") }),
            (.refused(.roomClosed), { try $0.closeRoom("r1") }),
            (.refused(.noAccess), { try $0.setServedBy(nil, of: "r1") }),
            (.alreadyMember, { try $0.addMember("u1", to: "r1") }),
            (.joined(.permission), { try $0.grant("view-livechat-rooms", to: "livechat-agent") }),
        ]
        for (outcome, meddle) in rows {
            let store = try world()
            #expect(try await service(MeddlingStore(store: store, meddle: meddle)).join(request()) == outcome)
            #expect(store.joined.count == (outcome == .joined(.permission) ? 1 : 0))
        }
    }

    @Test("A token that expires between the two evaluations joins nobody")
    func expiry() async throws {
        let clock = SettableClock()
        let store = try world(clock: clock)
        clock.advance(by: .seconds(90 * 86_400) - .milliseconds(1))
        let meddling = MeddlingStore(store: store) { _ in clock.advance(by: .milliseconds(1)) }
        #expect(try await service(meddling, clock: clock).join(request()) == .refused(.notLoggedIn(.expired)))
        #expect(store.joined.isEmpty)
    }

    @Test("A store that fails to decide is a 503")
    func failingDecide() async throws {
        let store = try world()
        let service = service(store) { _, _ in Issue.record("there is no outcome") }
        store.failNextCalls(2, with: Oops())
        let error = await #expect(throws: JoinFailure.self) { try await service.join(request()) }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.cause as? Oops == Oops())
        #expect(await service.respond(to: request()) == .unavailable)
        #expect(store.joined.isEmpty)
    }

    @Test("A store that fails to write is a 503, and nothing is written")
    func failingAdmit() async throws {
        let store = try world()
        let meddling = MeddlingStore(store: store) { $0.failNextCalls(1) }
        #expect(await service(meddling).respond(to: request()) == .unavailable)
        #expect(store.joined.isEmpty)
        #expect(store.members(of: "r1").isEmpty)
        #expect(try await service(store).join(request()) == .joined(.serving))
    }

    @Test("Fifty joins of one user at once are one join")
    func concurrent() async throws {
        let store = try world()
        let service = service(GatheringStore(store: store, gate: Gate(count: 50)))
        let outcomes = await withTaskGroup(of: JoinOutcome?.self) { group in
            for _ in 0..<50 { group.addTask { try? await service.join(request()) } }
            return await group.reduce(into: [JoinOutcome?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .joined(.serving) } == 1)
        #expect(outcomes.count { $0 == .alreadyMember } == 49)
        #expect(store.joined.count == 1)
        #expect(store.members(of: "r1").count == 1)
    }

    @Test("Raw headers and query are answered")
    func respond() async throws {
        let fields = [(name: "x-user-id", value: "u1"), (name: "x-auth-token", value: "secret")]
        let response = await service(try world()).respond(headerFields: fields, query: "roomId=r1")
        #expect("\(response)" == #"200 {"success":true}"#)
    }
}
