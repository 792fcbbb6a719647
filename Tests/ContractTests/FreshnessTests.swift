import LivechatJoin
import LivechatPersistence
import Testing

/// What has committed before a request arrives is seen by it, whoever wrote it (contract C5 and C7).
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

    @Test("A change between the first decision and the write is seen by the write", arguments: Change.all)
    func betweenDecisionAndWrite(_ change: Change) async throws {
        try await Engine.with(Change.world) { engine in
            let meanwhile = JoinRule(code: "error-never") { _ in
                try await engine.database.load(fixture: change.changedWorld.fixture)
                return true
            }
            let actual = await engine.service(rules: [meanwhile]).answer(change.request)
            #expect(actual == Decider(change.changedWorld).decide(change.request))
            #expect(actual != .joined)
            let (events, dumped) = (try await engine.events(), try await engine.dumped())
            #expect(events.isEmpty)
            #expect(dumped.members(of: change.room) == [])
        }
    }

    @Test("A change by another process between the first decision and the write is seen by the write")
    func otherConnectionBetweenDecisionAndWrite() async throws {
        for change in Change.all {
            try await Engine.with(Change.world) { engine in
                let writer = try JoinDatabase(path: engine.path, clock: fixedClock)
                let meanwhile = JoinRule(code: "error-never") { _ in
                    try await writer.load(fixture: change.changedWorld.fixture)
                    return true
                }
                let actual = await engine.service(rules: [meanwhile]).answer(change.request)
                #expect(actual == Decider(change.changedWorld).decide(change.request), "\(change.name)")
                let events = try await engine.events()
                #expect(events.isEmpty)
                await writer.close()
            }
        }
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
