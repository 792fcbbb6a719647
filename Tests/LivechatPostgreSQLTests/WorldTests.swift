#if PostgreSQL
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPostgreSQL
import Logging
import Testing

@testable import Specification
@testable import WorldTesting

extension OnPostgreSQL {
    /// The states of the small world that SQLite is asked about, as many as a minute allows; all of them with
    /// `LIVECHAT_WHOLE_WORLD` in the environment (contract C1 to C9).
    @Suite("The small world, on PostgreSQL") struct WorldTests {
        private static let isWhole = ProcessInfo.processInfo.environment["LIVECHAT_WHOLE_WORLD"] != nil

        @Test("Every user, room and inquiry", arguments: isWhole ? Array(SmallWorld.configurations.indices) : [3])
        func everyState(_ index: Int) async throws {
            try await run([SmallWorld.configurations[index]], rooms: .all)
        }

        @Test("Every grant and every restriction", arguments: [[], ["A"], ["B"], ["A", "B"]], [[], ["A"], ["B"]])
        func everyGrant(_ joins: [String], _ viewsAll: [String]) async throws {
            let configurations = SmallWorld.grants(joins: joins, viewsAll: viewsAll)
            try await run(configurations.suffix(Self.isWhole ? configurations.count : 2), rooms: .few)
        }

        private func run(_ configurations: some Sequence<Configuration>, rooms: SmallWorld.Rooms) async throws {
            let clock = LivechatClock { LivechatTimestamp(milliseconds: World.now) }
            for configuration in configurations {
                let world = SmallWorld.world(configuration, rooms: rooms)
                try await withDatabase(clock: clock) { stores, _ in
                    let store = stores[0]
                    try await store.load(fixture: InMemoryJoinStore.defaultGrants)
                    try await store.load(fixture: world.fixture)
                    var walk = Walk(world) { profile in
                        JoinService(
                            store: store,
                            profile: profile.profile,
                            clock: clock,
                            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                        )
                    }
                    try await walk.tryAll(rooms)
                    for mismatch in walk.mismatches { Issue.record("\(configuration): \(mismatch)") }
                    let events = try await store.events(after: 0, limit: 1_000_000, kinds: [.joined])
                    #expect(events.count == walk.joins, "one event for each join, and none for anything else")
                    let pairs = Set(events.map { [$0.userID?.string, $0.roomID?.string] })
                    #expect(pairs.count == events.count, "a pair joined twice")
                }
            }
        }
    }
}
#endif
