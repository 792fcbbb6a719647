import LivechatJoin
import LivechatPersistence
import Synchronization
import Testing

@testable import Specification
@testable import WorldTesting

/// Every state of a small world: the engine answers what the contract's own function says (contract C1 to C9).
@Suite(.serialized) struct ExhaustiveTests {
    @Test("Every user, room and inquiry", arguments: SmallWorld.configurations.indices)
    func everyState(_ index: Int) async throws {
        try await run(SmallWorld.configurations[index], rooms: .all)
        Self.tally.finishOne()
    }

    @Test("Every grant and every restriction", arguments: [[], ["A"], ["B"], ["A", "B"]], [[], ["A"], ["B"]])
    func everyGrant(_ joins: [String], _ viewsAll: [String]) async throws {
        for configuration in SmallWorld.grants(joins: joins, viewsAll: viewsAll) {
            try await run(configuration, rooms: .few)
        }
        Self.tally.finishOne()
    }

    /// What was tried, printed once when all is done.
    private static let tally = Tally(cases: SmallWorld.configurations.count + 4 * 3)

    private func run(_ configuration: Configuration, rooms: SmallWorld.Rooms) async throws {
        let world = SmallWorld.world(configuration, rooms: rooms)
        try await Engine.with(world) { engine in
            var walk = Walk(world) { engine.service($0) }
            try await walk.tryAll(rooms)
            for mismatch in walk.mismatches { Issue.record("\(configuration): \(mismatch)") }
            let events = try await engine.events()
            #expect(events.count == walk.joins, "one event for each join, and none for anything else")
            let pairs = Set(events.map { [$0.userID?.string, $0.roomID?.string] })
            #expect(pairs.count == events.count, "a pair joined twice")
            Self.tally.add(walk.decisions, joins: walk.joins)
        }
    }
}

/// Counts over all cases and says the sum once.
private final class Tally: Sendable {
    private struct Sum {
        var decisions = 0
        var joins = 0
        var finished = 0
    }

    private let sum = Mutex(Sum())
    private let cases: Int

    init(cases: Int) { self.cases = cases }

    func add(_ decisions: Int, joins: Int) {
        sum.withLock { sum in
            sum.decisions += decisions
            sum.joins += joins
        }
    }

    func finishOne() {
        let sum = sum.withLock { sum in
            sum.finished += 1
            return sum
        }
        if sum.finished == cases {
            print("The small world: \(sum.decisions) decisions, \(sum.joins) of them joins, in \(cases) cases")
        }
    }
}
