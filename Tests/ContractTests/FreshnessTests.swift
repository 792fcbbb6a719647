import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@testable import Specification
@testable import WorldTesting

/// What has committed before a request arrives is seen by it, whichever process wrote it (contract C5 and C7).
@Suite(.serialized) struct FreshnessTests {
    @Test("The next request sees what another connection has committed", arguments: Change.all)
    func otherConnection(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            let writer = try JoinDatabase(path: engine.path, clock: fixedClock)
            try await Self.seesEveryChange(change, engine) { try await writer.load(fixture: $0.fixture) }
            await writer.close()
        }
    }

    @Test("The next request sees what this connection has committed", arguments: Change.all)
    func ownConnection(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            try await Self.seesEveryChange(change, engine) { try await engine.database.load(fixture: $0.fixture) }
        }
    }

    @Test("A change while a rule is asked is seen by what follows", arguments: Change.all)
    func whileRuleIsAsked(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            let meanwhile = joinRule("error-never") { _ in
                try await engine.database.load(fixture: change.changedWorld.fixture)
                return true
            }
            let actual = await engine.service(rules: [meanwhile]).answer(change.request)
            try await Self.expectRefused(actual, change, engine)
        }
    }

    @Test("Another connection's change after the last look is seen by the write", arguments: Change.all)
    func beforeTheWriteElsewhere(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            let writer = try JoinDatabase(path: engine.path, clock: fixedClock)
            let store = InterposedJoinStore(engine.database) { _ in
                try await writer.load(fixture: change.changedWorld.fixture)
            }
            let actual = await JoinService(store: store, clock: fixedClock).answer(change.request)
            try await Self.expectRefused(actual, change, engine)
            await writer.close()
        }
    }

    private static func expectRefused(_ actual: Answer, _ change: Change, _ engine: Engine) async throws {
        #expect(actual == Decider(change.changedWorld).decide(change.request))
        #expect(actual != .joined)
        let (events, dumped) = (try await engine.joins(), try await engine.dumped())
        #expect(events.isEmpty)
        #expect(dumped.members(of: change.room) == [])
    }

    /// There and back again; asked as `access`, which writes nothing, and as a join where that is refused.
    static func seesEveryChange(
        _ change: Change,
        _ engine: Engine,
        _ load: (World) async throws -> Void
    ) async throws {
        let service = engine.service()
        #expect(Decider(Change.world).decide(change.request) == .joined, "the table: must be let in before")
        #expect(Decider(change.changedWorld).decide(change.request) != .joined, "the table: must be refused after")
        try await expectAccess(service, change.request, Change.world)
        for _ in 1...2 {
            try await load(change.changedWorld)
            #expect(await service.answer(change.request) == Decider(change.changedWorld).decide(change.request))
            try await expectAccess(service, change.request, change.changedWorld)
            try await load(Change.world)
            try await expectAccess(service, change.request, Change.world)
        }
        #expect(await service.answer(change.request) == .joined)
    }

    private static func expectAccess(_ service: JoinService, _ request: RawRequest, _ world: World) async throws {
        let outcome = try await service.access(JoinRequest(headerFields: request.headerFields, query: request.query))
        #expect(Decider.Access(outcome, service.profile) == Decider(world).access(request))
    }
}
