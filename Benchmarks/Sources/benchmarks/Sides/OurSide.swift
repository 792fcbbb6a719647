import CFloor
import Generated
import LivechatJoin
import LivechatPersistence
import Synchronization

/// The engine, called as an embedder calls it.
final class OurSide: Side {
    private let world: World
    private let service: JoinService
    private let requests = Mutex<[Scenario: [TextRequest]]>([:])

    init(_ world: World, path: String) throws {
        self.world = world
        try JoinDatabase.turnOffMemoryCount()
        service = JoinService(store: try JoinDatabase(path: path))
    }

    private func requests(_ scenario: Scenario) -> [TextRequest] {
        requests.withLock { requests in
            if let drawn = requests[scenario] { return drawn }
            let drawn = (0..<UInt64(drawnRequests)).map { TextRequest(world, scenario.drawn, $0) }
            requests[scenario] = drawn
            return drawn
        }
    }

    func decide(_ scenario: Scenario, threads: Int, milliseconds: Int) async throws -> Decisions {
        let requests = requests(scenario)
        let service = service
        return try await withThrowingTaskGroup(of: Decisions.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    let start = requests.count / threads * thread
                    return scenario == .queued
                        ? try await Self.ask(service, requests, start, Double(milliseconds) / 1_000)
                        : try await Self.decide(service, scenario, requests, start, Double(milliseconds) / 1_000)
                }
            }
            return try await group.reduce(Decisions(), +)
        }
    }

    private static func decide(
        _ service: JoinService,
        _ scenario: Scenario,
        _ requests: [TextRequest],
        _ first: Int,
        _ duration: Double
    ) async throws -> Decisions {
        let expected = scenario.step
        var decisions = Decisions()
        var next = first
        let start = monotonic_seconds()
        while decisions.seconds < duration {
            for _ in 0..<64 {
                let text = requests[next]
                let request = JoinRequest(userID: text.user, token: text.token, roomID: text.room)
                let outcome = try await service.join(request)
                if outcome.step != expected || (scenario == .member) != (outcome == .alreadyMember) {
                    decisions.unexpected += 1
                }
                next = next + 1 == requests.count ? 0 : next + 1
            }
            decisions.count += 64
            decisions.seconds = monotonic_seconds() - start
        }
        decisions.perSecond = Double(decisions.count) / decisions.seconds
        return decisions
    }

    private static func ask(
        _ service: JoinService,
        _ requests: [TextRequest],
        _ first: Int,
        _ duration: Double
    ) async throws -> Decisions {
        var decisions = Decisions()
        var next = first
        let start = monotonic_seconds()
        while decisions.seconds < duration {
            for _ in 0..<64 {
                let text = requests[next]
                let request = JoinRequest(userID: text.user, token: text.token, roomID: text.room)
                if case .refused = try await service.access(request) { decisions.unexpected += 1 }
                next = next + 1 == requests.count ? 0 : next + 1
            }
            decisions.count += 64
            decisions.seconds = monotonic_seconds() - start
        }
        decisions.perSecond = Double(decisions.count) / decisions.seconds
        return decisions
    }

    func join(first: UInt64, count: Int, callers: Int) async throws -> Joins {
        let texts = (0..<UInt64(count)).map { TextRequest(world, world_join, first + $0) }
        let service = service
        let next = Counter()
        let start = monotonic_seconds()
        let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var latencies: [Double] = []
                    latencies.reserveCapacity(2 * count / callers)
                    while true {
                        let index = next.increment()
                        guard index < count else { return latencies }
                        let text = texts[index]
                        let start = monotonic_seconds()
                        let request = JoinRequest(userID: text.user, token: text.token, roomID: text.room)
                        if case .refused(let refusal) = try await service.join(request) {
                            throw NotMeasured("a join was refused: \(refusal)")
                        }
                        latencies.append(monotonic_seconds() - start)
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return Joins(seconds: monotonic_seconds() - start, latencies: latencies)
    }

    func decide(whileJoining perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        let durable = Counter()
        let start = monotonic_seconds()
        let pause = Duration.nanoseconds(perSecond > 1_000 ? 1_000_000 : 1_000_000_000 / perSecond)
        let stream = Task { [world, service] in
            // The group ends when every join that was handed over is through, so that none disturbs the next round.
            await withDiscardingTaskGroup { group in
                var handed: UInt64 = 0
                while !Task.isCancelled {
                    let due = UInt64((monotonic_seconds() - start) * Double(perSecond))
                    while handed < due {
                        let text = TextRequest(world, world_join, first + handed)
                        handed += 1
                        group.addTask {
                            let request = JoinRequest(userID: text.user, token: text.token, roomID: text.room)
                            if case .joined = try? await service.join(request) { durable.increment() }
                        }
                    }
                    try? await Task.sleep(for: pause)
                }
            }
        }
        let decisions = try await decide(.member, threads: 1, milliseconds: milliseconds)
        let joined = Double(durable.value) / (monotonic_seconds() - start)
        stream.cancel()
        await stream.value
        return (decisions, joined)
    }
}

/// A number that many tasks count.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts one more and returns how many there were before.
    @discardableResult
    func increment() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}
