import Foundation
import LivechatPersistence

/// Real processes, killed at moments of chance.
enum Kill {
    static let trial = Trial(
        "kill",
        claim: "after kill -9 at any moment every acknowledged join is there once, and nothing needs help to start"
    ) { context in
        let folder = try TemporaryFolder()
        let stock = folder.file("stock.db")
        try await House().make(at: stock)
        let checks = try await KillBreaks(context, stock).run()
        var run = KillRun(context, stock)
        for number in 0..<context.count(short: 50, long: 2_000) {
            try await run.kill(number)
            if context.isLong, number % 100 == 99 { context.note("\(number + 1) kills") }
        }
        return run.tallies + checks
    }
}

/// The kills of one run of the trial.
struct KillRun {
    /// What is being done when the kill comes.
    enum Moment: String, CaseIterable {
        case joins = "kill -9 of a server while clients join"
        case start = "kill -9 of a server while it starts"
        case neighbour = "kill -9 of a server while a second one on the same file goes on"
        case checkpoint = "kill -9 of a joining process that checkpoints its log all the time"
        case migration = "kill -9 of migrate on a new file"
        case load = "kill -9 of load"

        /// Half of all kills meet a server under load.
        static let cycle: [Moment] = [
            .joins, .neighbour, .joins, .checkpoint, .joins, .migration, .joins, .load, .joins, .start,
        ]
    }

    private let context: TrialContext
    private let stock: String
    private let house = House()
    private var random: SplitMix64
    private var databases = 0
    private var folder: TemporaryFolder?
    private var ledger: JoinLedger
    private var counts: [Moment: Int] = [:]
    private var joins = 0
    private var refusals = 0

    /// So many kills share a database.
    private static let killsPerDatabase = 25

    init(_ context: TrialContext, _ stock: String) {
        self.context = context
        self.stock = stock
        random = context.random()
        ledger = JoinLedger(house)
    }

    var tallies: [Tally] {
        let outcome = "each started again without help, integrity_check ok, 0 lost, 0 admitted wrongly"
        return Moment.allCases.map { Tally($0.rawValue, counts[$0] ?? 0, outcome) } + [
            Tally(
                "acknowledged joins compared after the kills",
                joins + ledger.acknowledged.count,
                "each a member once, with one event and counted once"
            ),
            Tally("refusals meanwhile", refusals + ledger.refusals, "none a member afterwards"),
            Tally("databases", databases, "all sound"),
        ]
    }

    mutating func kill(_ number: Int) async throws {
        let moment = Moment.cycle[number % Moment.cycle.count]
        if number % Self.killsPerDatabase == 0 { try renew() }
        guard let folder else { return }
        let path = folder.file("chat.db")
        do {
            switch moment {
            case .joins: try await killServer(path, withNeighbour: false)
            case .neighbour: try await killServer(path, withNeighbour: true)
            case .start: try await killStart(path)
            case .checkpoint: try await killWorker(path)
            case .migration: try await KillCommands.migration(&random)
            case .load: try await KillCommands.load(&random)
            }
        } catch {
            throw TrialFailure("kill \(number + 1), \(moment.rawValue): \(error)")
        }
        counts[moment, default: 0] += 1
    }

    private mutating func renew() throws {
        joins += ledger.acknowledged.count
        refusals += ledger.refusals
        ledger = JoinLedger(house)
        let fresh = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: stock, toPath: fresh.file("chat.db"))
        folder = fresh
        databases += 1
    }

    private mutating func killServer(_ path: String, withNeighbour: Bool) async throws {
        let moment = Double.random(in: 1...150, using: &random)
        let seed = random.next()
        let house = house
        let before = ledger
        ledger = try await onThread {
            var random = SplitMix64(seed: seed)
            var ledger = before
            let server = try Server(database: path)
            let neighbour = withNeighbour ? try Server(database: path) : nil
            let load = Load(port: server.port, house: house, clients: 4, random: SplitMix64(seed: random.next()))
            let other = neighbour.map {
                Load(port: $0.port, house: house, clients: 2, random: SplitMix64(seed: random.next()))
            }
            pass(milliseconds: moment)
            server.kill()
            try ledger.add(try load.wait())
            if let other {
                try Self.goOn(other)
                try ledger.add(try other.wait())
            }
            try Self.compare(path, ledger, neighbour)
            return ledger
        }
        try await compareCounts(path)
    }

    /// Waits until a server that goes on has answered some more.
    private static func goOn(_ load: Load) throws {
        let before = load.answers
        let start = ContinuousClock.now
        while load.answers < before + 10 {
            if start.milliseconds > 10_000 { throw TrialFailure("the second server does not go on") }
            pass(milliseconds: 1)
        }
        load.stop()
    }

    private mutating func killStart(_ path: String) async throws {
        let moment = Double.random(in: 0...60, using: &random)
        try await onThread {
            let process = try Server.start(path)
            pass(milliseconds: moment)
            process.signal(SIGKILL)
            _ = process.wait()
        }
        try await compare(path)
    }

    private mutating func killWorker(_ path: String) async throws {
        let moment = Double.random(in: 0...100, using: &random)
        try ledger.add(try await KillBreaks.killWorker(path, "engine", seed: random.next(), after: moment))
        try await compare(path)
    }

    /// Asks a server, one that is started now if there is none, and compares.
    private static func compare(_ path: String, _ ledger: JoinLedger, _ running: Server?) throws {
        let server = try running ?? Server(database: path)
        guard let answer = try server.get("/readyz"), answer.status == 200 else {
            throw TrialFailure("the server is not ready: \(server.logged.suffix(3).joined(separator: " / "))")
        }
        try ledger.compare(path)
    }

    private mutating func compare(_ path: String) async throws {
        let ledger = ledger
        try await onThread { try Self.compare(path, ledger, nil) }
        try await compareCounts(path)
    }

    private mutating func compareCounts(_ path: String) async throws {
        let rooms = (0..<4).map { _ in Int.random(in: 0..<house.rooms, using: &random) }
        try await ledger.compareCounts(path, rooms: rooms)
    }
}
