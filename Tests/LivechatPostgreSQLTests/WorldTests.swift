#if PostgreSQL
import LivechatJoin
import LivechatJoinTesting
import LivechatPostgreSQL
import Logging
import Testing

@testable import Specification

extension OnPostgreSQL {
    /// Every state of a small world: the engine answers what the contract's own function says (contract C1 to C9).
    @Suite("Every state of a small world, on PostgreSQL") struct WorldTests {
        @Test("Every user, room and inquiry", arguments: [true, false])
        func everyState(_ previewsQueue: Bool) async throws {
            var configuration = Configuration(joins: ["A"], viewsAll: ["B"], previewRoom: previewsQueue)
            configuration.viewsClosed = ["B"]
            configuration.viewsClosedOfDepartment = ["A"]
            try await run(SmallWorld.world(configuration, rooms: .all))
        }

        @Test("Every grant and every restriction", arguments: [[], ["A"], ["B"], ["A", "B"]], [[], ["A"], ["B"]])
        func everyGrant(_ joins: [String], _ viewsAll: [String]) async throws {
            for restriction in [nil, ["view-l-room"], ["view-livechat-rooms"], ["view-livechat-queue"]] {
                var configuration = Configuration(joins: joins, viewsAll: viewsAll, previewRoom: true)
                configuration.restrictionOfA = restriction
                configuration.loginExpirationDays = 30
                try await run(SmallWorld.world(configuration, rooms: .few))
            }
        }

        private func run(_ world: World) async throws {
            let clock = LivechatClock { LivechatTimestamp(milliseconds: World.now) }
            try await withDatabase(clock: clock) { stores, _ in
                let store = stores[0]
                try await store.load(fixture: InMemoryJoinStore.defaultGrants)
                try await store.load(fixture: world.fixture)
                let service = JoinService(
                    store: store,
                    clock: clock,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let expected = try await Self.walk(world, service)
                let events = try await store.events(after: 0, limit: 1_000_000, kinds: [.joined])
                #expect(events.count == expected, "one event for each join, and none for anything else")
                let pairs = Set(events.map { [$0.userID?.string, $0.roomID?.string] })
                #expect(pairs.count == events.count, "a pair joined twice")
            }
        }

        /// Asks the engine and the specification the same questions, the users of each room all at once.
        ///
        /// - Returns: How many joined.
        private static func walk(_ world: World, _ service: JoinService) async throws -> Int {
            var joins = 0
            let decider = Decider(world)
            for (index, room) in world.rooms.enumerated() {
                let mistakes = await withTaskGroup(of: (String?, Bool).self) { group in
                    for (offset, user) in world.users.enumerated() {
                        let turn = index * 31 + offset * 7
                        group.addTask { await tryPair(user.id, room.id, turn, decider, service) }
                    }
                    return await group.reduce(into: [(String?, Bool)]()) { $0.append($1) }
                }
                for mistake in mistakes.compactMap(\.0) { Issue.record("\(mistake)") }
                joins += mistakes.count { $0.1 }
            }
            return joins
        }

        /// An odd request, and the good one twice; access to the room before and after.
        private static func tryPair(
            _ user: String,
            _ room: String,
            _ turn: Int,
            _ decider: Decider,
            _ service: JoinService
        ) async -> (String?, Bool) {
            var decider = decider
            let odd = SmallWorld.credentials[turn % SmallWorld.credentials.count](user)
            let query = SmallWorld.queries[turn % SmallWorld.queries.count](room)
            let good = RawRequest(user, "\(user)/good", query: "roomId=\(room)")
            var mistake: String?
            var hasJoined = false
            for request in [
                RawRequest(userIDs: odd.userIDs, tokens: odd.tokens, query: good.query),
                RawRequest(user, "\(user)/good", query: query), good, good,
            ] {
                let expected = decider.decide(request)
                let response = await service.respond(headerFields: request.headerFields, query: request.query)
                let actual = Answer(response.status, String(decoding: response.body, as: UTF8.self))
                if actual != expected { mistake = "\(request): expected \(expected) but got \(actual)" }
                if expected == .joined, !decider.isMember(user, of: room) {
                    hasJoined = true
                    decider.joined(user, room)
                }
            }
            return (mistake, hasJoined)
        }
    }
}
#endif
