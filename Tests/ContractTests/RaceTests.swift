import LivechatJoin
import LivechatPersistence
import Testing

@testable import Specification
@testable import WorldTesting

/// Many at once (contract C7).
@Suite(.serialized) struct RaceTests {
    @Test("Nobody joins after an acknowledged end", arguments: Crowd.End.all)
    func ended(_ end: Crowd.End) async throws {
        let crowd = Crowd(size: 60)
        try await Engine.with(crowd.world) { engine in
            let service = engine.service()
            try await crowd.race(engine, until: end) { _, request in await service.answer(request) }
        }
    }

    @Test("Nobody joins through another connection after an acknowledged end", arguments: Crowd.End.all)
    func endedElsewhere(_ end: Crowd.End) async throws {
        let crowd = Crowd(size: 60)
        try await Engine.with(crowd.world) { engine in
            let other = try JoinDatabase(path: engine.path, clock: fixedClock)
            let services = [engine.service(), Engine(database: other, path: engine.path).service()]
            try await crowd.race(engine, until: end) { await services[$0 % 2].answer($1) }
            await other.close()
        }
    }

    @Test("Joins of one user at once: all are let in, one is written", arguments: [1, 2])
    func sameUser(connections: Int) async throws {
        let crowd = Crowd(size: 20)
        try await Engine.with(crowd.world) { engine in
            var databases = [engine.database]
            for _ in 1..<connections { databases.append(try JoinDatabase(path: engine.path, clock: fixedClock)) }
            let services = databases.map { Engine(database: $0, path: engine.path).service() }
            await withTaskGroup { group in
                for user in crowd.users {
                    for turn in 0..<6 {
                        group.addTask {
                            let answer = await services[turn % services.count].answer(Crowd.request(user))
                            #expect(answer == .joined)
                        }
                    }
                }
            }
            try await Crowd.expectExactly(Set(crowd.users), engine)
            for database in databases.dropFirst() { await database.close() }
        }
    }

    @Test("Everybody into every room at once, with members leaving")
    func joiningAndLeaving() async throws {
        let crowd = Crowd(size: 30)
        try await Engine.with(crowd.world) { engine in
            let service = engine.service()
            try await withThrowingTaskGroup { group in
                for user in crowd.users {
                    group.addTask {
                        for _ in 1...3 {
                            #expect(await service.answer(Crowd.request(user)) == .joined)
                            let left = try await engine.database.leave(LivechatRoomID(Crowd.room), LivechatUserID(user))
                            #expect(left)
                        }
                        #expect(await service.answer(Crowd.request(user)) == .joined)
                    }
                }
                try await group.waitForAll()
            }
            let members = try await engine.dumped().members(of: Crowd.room)
            #expect(members == crowd.users.sorted())
            let count = try await engine.memberCount(of: Crowd.room, user: "auditor", token: "audit")
            #expect(count == crowd.size)
            let sequences = try await engine.joins().map(\.sequence)
            #expect(sequences.count == 4 * crowd.size)
            #expect(Set(sequences).count == sequences.count)
        }
    }
}
