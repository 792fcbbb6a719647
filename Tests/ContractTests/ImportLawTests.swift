#if Import
import ImportTesting
import LivechatImport
import LivechatJoin
import LivechatPersistence
import Testing

@testable import Specification
@testable import WorldTesting

/// The export of a world, imported, decides as the world does (contract C19).
@Suite("Imported worlds", .serialized)
struct ImportLawTests {
    @Test("Every user and room, in every dialect and era", arguments: ExportDialect.allCases, ExportEra.allCases)
    func law(_ dialect: ExportDialect, _ era: ExportEra) async throws {
        let world = Self.world(UInt64(era.rawValue) * 7)
        let export = try WrittenExport()
        defer { export.remove() }
        try world.write(to: export, dialect, era)
        try await Engine.with { engine in
            let read = try RocketChatExport(folder: export.path, clock: fixedClock)
            try await engine.database.load(read.fixture())
            let again = try await engine.database.load(read.fixture())
            #expect(again.changes.isEmpty, "the second import changes nothing")
            var decider = Decider(world)
            let service = engine.service()
            var decisions = 0
            for user in world.users {
                for room in world.rooms {
                    for token in user.tokens {
                        let request = RawRequest(user.id, token.raw, query: "roomId=\(room.id)")
                        let expected = decider.decide(request)
                        let answer = await service.answer(request)
                        #expect(answer == expected, "\(request)")
                        if expected == .joined { decider.joined(user.id, room.id) }
                        decisions += 1
                    }
                }
            }
            #expect(decisions > 100)
        }
    }

    /// A world by lot, without what no export can say, and with tokens of every age.
    private static func world(_ seed: UInt64) -> World {
        var seed = seed
        var world = RandomWorld.world(seed)
        while world.users.count < 6 || world.rooms.count < 6 {
            seed += 100
            world = RandomWorld.world(seed)
        }
        for index in world.roles.indices { world.roles[index].restrictedTo = nil }
        world.settings.loginExpirationDays = seed.isMultiple(of: 2) ? 30 : nil
        for index in world.users.indices {
            let id = world.users[index].id
            world.users[index].tokens = [
                World.Token(raw: "\(id)/new"),
                World.Token(raw: "\(id)/month", createdAt: World.now - 45 * World.day),
                World.Token(raw: "\(id)/old", createdAt: -500),
                World.Token(raw: "\(id)/program", createdAt: -500, kind: .personalAccess),
            ]
        }
        return world
    }
}
#endif
