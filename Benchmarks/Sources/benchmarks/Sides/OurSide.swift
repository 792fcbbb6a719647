import CFloor
import Generated
import LivechatJoin
import LivechatPersistence
import Synchronization

/// The engine, called as an embedder calls it.
final class OurSide: Side {
    private let world: World
    private let path: String
    private let database: JoinDatabase
    let service: JoinService
    private let ruled: JoinService
    private let requests = Mutex<[Scenario: [TextRequest]]>([:])
    private let drawn = Atomic(drawnRequests)
    private let first = Atomic(0)

    init(_ world: World, path: String, _ variant: Variant = .usual) throws {
        self.world = world
        self.path = path
        database = try variant.open(path)
        service = JoinService.quiet(database)
        ruled = JoinService.quiet(database, rules: Scenario.rule.rules)
    }

    func requests(_ scenario: Scenario) -> [TextRequest] {
        requests.withLock { requests in
            if let drawn = requests[scenario] { return drawn }
            let drawn = (0..<UInt64(self.drawn.load(ordering: .relaxed))).map { TextRequest(world, scenario.drawn, $0) }
            requests[scenario] = drawn
            return drawn
        }
    }

    func draw(_ count: Int) {
        drawn.store(count, ordering: .relaxed)
        requests.withLock { $0 = [:] }
    }

    func begin(with request: Int) { first.store(request, ordering: .relaxed) }

    func decide(_ scenario: Scenario, threads: Int, milliseconds: Int) async throws -> Decisions {
        let requests = requests(scenario)
        let first = first.load(ordering: .relaxed)
        let service = scenario == .rule ? ruled : service
        return try await withThrowingTaskGroup(of: Decisions.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    // Threads that wake up on the same processor share it for some milliseconds. Nothing is waited for here,
                    // so a task stays on its thread.
                    if threads > 1 { run_thread_on_processor(Int32(thread)) }
                    defer { if threads > 1 { run_thread_on_processor(-1) } }
                    let start = (first + requests.count / threads * thread) % requests.count
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
        let (start, processor) = (monotonic_seconds(), thread_seconds())
        while decisions.seconds < duration {
            for _ in 0..<64 {
                let request = requests[next].request(for: scenario)
                let outcome = try await service.join(request)
                if outcome.step != expected || (scenario == .member) != (outcome == .alreadyMember) {
                    decisions.unexpected += 1
                }
                next = next + 1 == requests.count ? 0 : next + 1
            }
            decisions.count += 64
            decisions.seconds = monotonic_seconds() - start
        }
        // Nothing is waited for, so the task has stayed on its thread.
        decisions.processor = thread_seconds() - processor
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
        let (start, processor) = (monotonic_seconds(), thread_seconds())
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
        // Nothing is waited for, so the task has stayed on its thread.
        decisions.processor = thread_seconds() - processor
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
        try await joining(perSecond, first) { durable, start in
            let decisions = try await decide(.member, threads: 1, milliseconds: milliseconds)
            return (decisions, Double(durable.value) / (monotonic_seconds() - start))
        }
    }

    func decide(whileIssuing perSecond: Int, first: UInt64, milliseconds: Int) async throws -> (Decisions, Double) {
        let (world, database) = (world, database)
        let issue: @Sendable (UInt64) async -> Bool = { index in
            guard let user = LivechatUserID(requested: TextRequest(world, world_member, index).user) else { return false }
            return (try? await database.issueToken(for: user)) != nil
        }
        return try await handingOver(perSecond, first, issue) { durable, start in
            let decisions = try await decide(.member, threads: 1, milliseconds: milliseconds)
            return (decisions, Double(durable.value) / (monotonic_seconds() - start))
        }
    }

    private func joining<Result>(
        _ perSecond: Int,
        _ first: UInt64,
        _ body: (Counter, Double) async throws -> Result
    ) async throws -> Result {
        let (world, service) = (world, service)
        let join: @Sendable (UInt64) async -> Bool = { index in
            let text = TextRequest(world, world_join, index)
            let request = JoinRequest(userID: text.user, token: text.token, roomID: text.room)
            if case .joined = try? await service.join(request) { return true }
            return false
        }
        return try await handingOver(perSecond, first, join, body)
    }

    /// Does something while writes are handed over at a rate.
    ///
    /// - Parameters:
    ///   - write: Does the write of a number, which are counted from `first` on, and returns whether it is durable.
    ///   - body: It gets the number of writes that are durable so far, and when the first was handed over.
    private func handingOver<Result>(
        _ perSecond: Int,
        _ first: UInt64,
        _ write: @escaping @Sendable (UInt64) async -> Bool,
        _ body: (Counter, Double) async throws -> Result
    ) async throws -> Result {
        let durable = Counter()
        let start = monotonic_seconds()
        let pause = Duration.nanoseconds(perSecond > 1_000 ? 1_000_000 : 1_000_000_000 / perSecond)
        let stream = Task {
            // The group ends when every write that was handed over is through, so that none disturbs the next round.
            await withDiscardingTaskGroup { group in
                var handed: UInt64 = 0
                while !Task.isCancelled {
                    let due = UInt64((monotonic_seconds() - start) * Double(perSecond))
                    while handed < due {
                        let index = first + handed
                        handed += 1
                        group.addTask { if await write(index) { durable.increment() } }
                    }
                    try? await Task.sleep(for: pause)
                }
            }
        }
        do {
            let result = try await body(durable, start)
            stream.cancel()
            await stream.value
            return result
        } catch {
            stream.cancel()
            await stream.value
            throw error
        }
    }
}

// MARK: What has been committed is seen (contract C5)

extension OurSide {
    /// Takes away and gives back what lets the probe in, while joins are handed over, by this process and by another, and
    /// asks right after each commit.
    ///
    /// - Returns: How many changes there were, and how many of them the next decision did not see.
    func changes(whileJoining perSecond: Int, first: UInt64, rounds: Int) async throws -> [Double] {
        let other = try Child(["side", "ours", path, "\(world.users)"])
        defer { other.stop() }
        let probe = try Probe(database)
        return try await joining(perSecond, first) { durable, _ in
            var (changes, unseen) = (0.0, 0.0)
            for round in 0..<rounds {
                for fact in Probe.Fact.allCases {
                    for isThere in [false, true] {
                        if round % 2 == 0 {
                            try await probe.set(fact, to: isThere)
                        } else {
                            _ = try other.ask("set \(fact.rawValue) \(isThere ? 1 : 0)")
                        }
                        let expected: JoinStep? = isThere ? nil : fact.step
                        var refusing: JoinStep?
                        if case .refused(let refusal) = try await service.access(Probe.request) {
                            refusing = refusal.step
                        }
                        if refusing != expected { unseen += 1 }
                        changes += 1
                    }
                }
            }
            if durable.value == 0 { throw NotMeasured("nothing was joined beside the changes") }
            return [changes, unseen]
        }
    }

    func load(_ fixture: [UInt8]) async throws { try await database.load(fixture: fixture) }

    func prepareProbe() async throws { try await Probe(database).prepare() }

    func set(_ fact: Probe.Fact, to isThere: Bool) async throws { try await Probe(database).set(fact, to: isThere) }
}

/// A number that many tasks count.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    /// Counts one more and returns how many there were before.
    @discardableResult
    func increment() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// How the engine is opened, for comparing it with itself.
enum Variant: String {
    case usual = "ours"
    /// On SQLite's default VFS, which unmaps the file whenever another connection commits.
    case defaultVFS = "ours-default-vfs"
    /// Remembers no logins.
    case forgetful = "ours-forgetful"

    /// Opens a database, the first one of the process.
    func open(_ path: String) throws -> JoinDatabase {
        try JoinDatabase.turnOffMemoryCount()
        var options = JoinDatabase.Options()
        if self == .forgetful { options.rememberedLogins = 0 }
        if self == .defaultVFS {
            // The engine registers its VFS when it first opens a file.
            _ = try JoinDatabase(path: path)
            if use_default_vfs_as("livechat-mapping") != 0 { throw NotMeasured("there is no VFS of the engine") }
        }
        return try JoinDatabase(path: path, options: options)
    }
}
