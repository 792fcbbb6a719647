import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Synchronization
import Testing

@testable import Specification
@testable import WorldTesting

/// What a join writes, and what it does not (contract C7).
@Suite(.serialized) struct WriteTests {
    @Test("What was joined is there when the database is opened again, and the sequence goes on")
    func reopened() async throws {
        try await inTemporaryFolder { folder in
            let path = folder + "/join.db"
            var sequences: [Int64] = []
            for room in Change.world.rooms {
                let database = try JoinDatabase(path: path, clock: fixedClock)
                let engine = Engine(database: database, path: path)
                if sequences.isEmpty { try await database.load(fixture: Change.world.fixture) }
                let request = RawRequest(Change.user, Change.token, query: "roomId=\(room.id)")
                #expect(await engine.service().answer(request) == .joined)
                sequences = try await engine.events().map(\.sequence)
                await database.close()
            }
            let database = try JoinDatabase(path: path, clock: fixedClock)
            let engine = Engine(database: database, path: path)
            #expect(try await engine.events().map(\.sequence) == sequences)
            #expect(sequences.count == Change.world.rooms.count)
            #expect(sequences == Array(Set(sequences)).sorted())
            for room in Change.world.rooms {
                #expect(try await engine.dumped().members(of: room.id) == [Change.user])
            }
            await database.close()
        }
    }

    @Test("A closed database answers 503 and lets nobody in")
    func unavailable() async throws {
        try await Engine.with(Change.world) { engine in
            let service = engine.service()
            await engine.database.close()
            #expect(await service.answer(Change.all[0].request) == .unavailable)
            let database = try JoinDatabase(path: engine.path, clock: fixedClock)
            #expect(try await database.events(after: 0, kinds: [.joined]).isEmpty)
            await database.close()
        }
    }
}

extension Engine {
    /// The room's member count, as an embedder's rule is told it; the rule refuses, so that nothing is written.
    ///
    /// A user who is asked about must hold `view-l-room`, and the room must be open.
    func memberCount(of room: String, user: String = Change.user, token: String = Change.token) async throws -> Int {
        let seen = Mutex<Int?>(nil)
        let counting = joinRule("error-counted") { question in
            seen.withLock { $0 = question.room.membersCount }
            return false
        }
        let answer = await service(rules: [counting]).answer(RawRequest(user, token, query: "roomId=\(room)"))
        try #require(answer == .rule("error-counted"))
        return try #require(seen.withLock { $0 })
    }
}
