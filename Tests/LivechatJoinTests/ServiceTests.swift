import LivechatJoin
import LivechatJoinTesting
import Logging
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
            outcome: .refused(.lacksPermission(.restricted(by: RoleID(stored: "livechat-agent"))))
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

    @Test("Every outcome", arguments: rows, Profile.all)
    func outcome(_ row: Row, _ profile: Profile) async throws {
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
        let service = service(store)
        let outcomes = await withTaskGroup(of: JoinOutcome?.self) { group in
            for _ in 0..<50 { group.addTask { try? await service.join(request()) } }
            return await group.reduce(into: [JoinOutcome?]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .joined(.serving) || $0 == .alreadyMember } == 50)
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

@Suite("Asking without joining")
struct AskingTests {
    @Test("C6: a closed room has two more ways in, and nobody joins by asking")
    func access() async throws {
        let store = try world()
        try store.addDepartment("d1", isEnabled: false, agents: ["u2"])
        try store.addRoom("r2", isOpen: false, department: "d1")
        let asking = request("roomId=r2", user: "u2", token: "secret2")
        let service = service(store, rules: [JoinRule(code: "no") { _ in false }])
        #expect(try await service.access(asking) == .refused(.noAccess))
        try store.grant("view-livechat-room-closed-same-department", to: "livechat-agent")
        #expect(try await service.access(asking) == .admitted(.closedInSameDepartment))
        #expect(try await service.access(request("roomId=r2")) == .refused(.noAccess))
        try store.grant("view-livechat-room-closed-by-another-agent", to: "livechat-agent")
        #expect(try await service.access(asking) == .admitted(.closedByAnotherAgent))
        #expect(try await service.join(asking) == .refused(.roomClosed))
        try store.reopenRoom("r2")
        #expect(try await service.access(asking) == .refused(.noAccess))
        #expect(try await service.access(request()) == .admitted(.serving))
        #expect(try await service.access(request("roomId=r9")) == .refused(.noSuchRoom))
        #expect(try await service.access(request(token: "wrong")) == .refused(.notLoggedIn(.unknown)))
        #expect(store.joined.isEmpty)
    }

    @Test("C5: room-scoped roles count only in a check that names the room, and nothing stale is answered")
    func permissions() async throws {
        let store = try world()
        try store.addRole("owner", permissions: ["extra"])
        try store.addMember("u1", to: "r1", roles: ["owner"])
        let service = service(store)
        let (user, room, extra) = (try UserID("u1"), try RoomID("r1"), try PermissionID("extra"))
        #expect(try await service.permissions(of: user, in: room).holds(extra))
        #expect(try await !service.permissions(of: user).holds(extra))
        #expect(try await !service.permissions(of: user, in: try RoomID("r2")).holds(extra))
        #expect(try await service.permissions(of: user).holds(Permission.viewLivechatRoom))
        #expect(try await service.permissions(of: try UserID("u9")).roles.isEmpty)
        try store.withdraw("extra", from: "owner")
        #expect(try await !service.permissions(of: user, in: room).holds(extra))
        store.failNextCalls(1)
        await #expect(throws: JoinFailure.self) { try await service.permissions(of: user) }
    }
}

@Suite("What is logged")
struct LoggingTests {
    final class Journal: Sendable {
        let lines = Mutex<[String]>([])
    }

    struct Handler: LogHandler {
        let journal: Journal
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level {
            get { .trace }
            set { _ = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            journal.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }

    @Test("Outcomes at debug, failures at error, a token never")
    func lines() async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let store = try world()
        let service = JoinService(store: store, clock: SettableClock().wallClock, logger: logger)
        _ = await service.respond(to: request())
        _ = await service.respond(to: request(token: "wrong-secret"))
        store.failNextCalls(1)
        _ = await service.respond(to: request())
        let lines = journal.lines.withLock { $0 }
        #expect(lines.count == 3)
        #expect(lines.map { $0.prefix(while: { $0 != " " }) } == ["debug", "debug", "error"])
        #expect(lines.allSatisfy { !$0.contains("secret") || $0.contains("(secret)") })
        #expect(lines.allSatisfy { !$0.contains(LoginToken("secret").digest.base64) })
        #expect(lines.allSatisfy { $0.contains("u1") && $0.contains("r1") })
    }

    @Test("A request and a failure print no token")
    func printing() throws {
        var dumped = ""
        dump(request(token: "wrong-secret"), to: &dumped)
        let said = dumped + "\(request(token: "wrong-secret"))" + String(reflecting: request(token: "wrong-secret"))
        #expect(!said.contains("wrong-secret"))
        #expect(!said.contains(LoginToken("wrong-secret").digest.base64))
    }

    @Test("Outcomes and refusals in words", arguments: Step.allCases.flatMap(\.refusals))
    func words(_ refusal: Refusal) {
        #expect("\(JoinOutcome.refused(refusal))" == "refused: \(refusal)")
        #expect(!"\(refusal)".isEmpty)
    }
}
