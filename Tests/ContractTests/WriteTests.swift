import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Synchronization
import Testing

@testable import Specification

/// What a join writes, and what it does not (contract C7).
@Suite(.serialized) struct WriteTests {
    @Test("A join writes the membership, the count and one event", arguments: ProfileUnderTest.all)
    func writes(_ profile: ProfileUnderTest) async throws {
        try await Engine.with(Change.world) { engine in
            let before = try await engine.dumped()
            let service = engine.service(profile)
            for (index, room) in Change.world.rooms.enumerated() {
                #expect(try await engine.memberCount(of: room.id) == 0)
                let request = RawRequest(Change.user, Change.token, query: "roomId=\(room.id)")
                #expect(await service.answer(request) == .joined)

                let after = try await engine.dumped()
                let members = try #require(after.room(room.id)?.members)
                #expect(members.map(\.userId) == [Change.user])
                #expect(members.map(\.joinedAt) == ["2026-03-01T12:00:00.000Z"])
                #expect(members.flatMap { $0.roles ?? [] } == [])
                #expect(try await engine.memberCount(of: room.id) == 1)
                #expect(after.room(room.id)?.servedBy == before.room(room.id)?.servedBy)
                #expect(after.room(room.id)?.inquiry == before.room(room.id)?.inquiry)
                #expect(after.room(room.id)?.open == before.room(room.id)?.open)

                let events = try await engine.events()
                #expect(events.count == index + 1)
                let event = try #require(events.last)
                #expect(event.kind == .joined)
                #expect(event.at.milliseconds == World.now)
                #expect(event.roomID.string == room.id)
                #expect(event.userID.string == Change.user)
                #expect(
                    event.json
                        == #"{"seq":\#(event.sequence),"kind":"joined","at":"2026-03-01T12:00:00.000Z","#
                        + #""roomId":"\#(room.id)","userId":"agent"}"#
                )
                if events.count > 1 { #expect(event.sequence > events[events.count - 2].sequence) }
            }
        }
    }

    @Test("A member who joins again is let in and nothing is written")
    func writesOnce() async throws {
        try await Engine.with(Change.world) { engine in
            let request = Change.all[0].request
            #expect(await engine.service().answer(request) == .joined)
            let (dump, events) = (try await engine.database.dump(), try await engine.events())
            for profile in ProfileUnderTest.all { #expect(await engine.service(profile).answer(request) == .joined) }
            #expect(try await engine.database.dump() == dump)
            #expect(try await engine.events().map(\.json) == events.map(\.json))
            #expect(try await engine.memberCount(of: "served") == 1)
        }
    }

    @Test("A member from the fixture is let in, and no event tells of it")
    func fixtureMember() async throws {
        var world = Change.world
        world.rooms[0].servedBy = nil
        world.rooms[0].members = [World.Member(user: Change.user, roles: ["guests"]), World.Member(user: "supervisor")]
        try await Engine.with(world) { engine in
            let dump = try await engine.database.dump()
            #expect(await engine.service().answer(Change.all[0].request) == .joined)
            #expect(try await engine.database.dump() == dump)
            #expect(try await engine.events().isEmpty)
            #expect(try await engine.memberCount(of: "served") == 2)
        }
    }

    @Test("A refused join writes nothing", arguments: Change.all)
    func refusedWritesNothing(_ change: Change) async throws {
        try await Engine.with(change.changedWorld) { engine in
            let dump = try await engine.database.dump()
            #expect(await engine.service().answer(change.request) != .joined)
            #expect(try await engine.database.dump() == dump)
            #expect(try await engine.events().isEmpty)
        }
    }

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
            #expect(try await database.events(after: 0).isEmpty)
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
