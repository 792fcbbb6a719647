import Foundation
import LivechatSQLite

/// The end of a server, a second server beside it, and a newer schema beneath it.
enum Stop {
    static let trial = Trial(
        "stop",
        claim: "SIGTERM answers what was accepted and loses nothing; a newer schema beneath a server is noticed"
    ) { context in
        let folder = try TemporaryFolder()
        let stock = folder.file("stock.db")
        try await House().make(at: stock)
        let caught = try await onThread { try caughtHasty(stock, context.random(1)) }
        let stops = try await drained(context, stock)
        let upgrades = try await upgraded(context, stock)
        return [caught] + stops + upgrades
    }

    /// A server that leaves what it has accepted unanswered has to be caught before a right one is believed.
    private static func caughtHasty(_ stock: String, _ generator: SplitMix64) throws -> Tally {
        var random = generator
        for attempt in 1...5 {
            let folder = try TemporaryFolder()
            let path = try Files.copy(stock, folder)
            do {
                _ = try stopOne(path, House(), SplitMix64(seed: random.next())) {
                    try BrokenServer.start(path, .hasty)
                }
            } catch let failure as TrialFailure {
                guard failure.description.contains("has joined and was not answered") else { throw failure }
                return Tally("stops until a server that drops its last answers is caught", attempt, "caught")
            }
        }
        throw TrialFailure("a server that drops its last answers is not caught in 5 stops")
    }

    /// Stops servers under load, one of two on the same file; the other goes on.
    private static func drained(_ context: TrialContext, _ stock: String) async throws -> [Tally] {
        let house = House()
        var random = context.random()
        var joins = 0
        var others = 0
        let rounds = context.count(short: 8, long: 300)
        for round in 1...rounds {
            let seed = random.next()
            let (ledger, beside) = try await onThread {
                let folder = try TemporaryFolder()
                let path = folder.file("chat.db")
                try FileManager.default.copyItem(atPath: stock, toPath: path)
                do {
                    let (ledger, beside) = try stopOne(path, house, SplitMix64(seed: seed)) {
                        try Server(database: path)
                    }
                    try ledger.compare(path)
                    return (ledger, beside)
                } catch { throw TrialFailure("stop \(round): \(error)") }
            }
            joins += ledger.acknowledged.count
            others += beside
        }
        return [
            Tally(
                "SIGTERM under load, one of two servers on a file",
                rounds,
                "exit status 0 within 10 s; each answer the one that the contract says, none of them 503; "
                    + "nobody has joined who was not told"
            ),
            Tally(
                "answers of the second server meanwhile and afterwards",
                others,
                "each the one that the contract says, none of them 503"
            ),
            Tally("acknowledged joins compared afterwards", joins, "0 lost"),
        ]
    }

    /// - Returns: What was acknowledged, and how much the other server has answered.
    private static func stopOne(
        _ path: String,
        _ house: House,
        _ generator: SplitMix64,
        _ start: () throws -> Server
    ) throws -> (JoinLedger, Int) {
        let server = try start()
        let second = try Server(database: path)
        do {
            return try stop(server, beside: second, path, house, generator)
        } catch {
            throw TrialFailure("\(error); it said \(server.logged.suffix(3)), the other \(second.logged.suffix(3))")
        }
    }

    private static func stop(
        _ server: Server,
        beside second: Server,
        _ path: String,
        _ house: House,
        _ generator: SplitMix64
    ) throws -> (JoinLedger, Int) {
        var random = generator
        var ledger = JoinLedger(house)
        let load = Load(port: server.port, house: house, clients: 6, random: SplitMix64(seed: random.next()))
        let other = Load(port: second.port, house: house, clients: 2, random: SplitMix64(seed: random.next()))
        try other.waitForMore(10)
        try load.waitForMore(10)
        pass(milliseconds: .random(in: 0...50, using: &random))
        let start = ContinuousClock.now
        let status = server.stop()
        guard status == 0 else { throw TrialFailure("SIGTERM ended it with \(status)") }
        guard start.milliseconds < 10_000 else { throw TrialFailure("it took \(start.milliseconds) ms to stop") }
        let stopped = try load.wait()
        // A client that asks on a connection which is being closed has not been accepted.
        try ledger.add(stopped)
        try other.waitForMore(10)
        other.stop()
        try ledger.add(try other.wait())
        try ledger.compare(path)
        try requireAnswered(path, stopped, ledger)
        guard second.stop() == 0 else { throw TrialFailure("the second server did not stop") }
        return (ledger, other.answers)
    }

    /// Nobody became a member whose request was not answered.
    private static func requireAnswered(_ path: String, _ stopped: Load.Result, _ ledger: JoinLedger) throws {
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
        for pair in stopped.unanswered where !ledger.acknowledged.contains(pair) {
            let joined = try connection.integer(
                "SELECT count(*) FROM livechat_event WHERE kind = 'joined' AND user = 'user-\(pair.user)' AND room = 'room-\(pair.room)'"
            )
            if joined != 0 { throw TrialFailure("\(pair) has joined and was not answered") }
        }
    }

    /// What a newer program does to the schema while an older one serves it.
    private static let upgrades = [
        "INSERT INTO livechat_migration SELECT max(version) + 1, 'later.sql', 'ab', 0 FROM livechat_migration",
        """
        BEGIN IMMEDIATE;
        INSERT INTO livechat_migration SELECT max(version) + 1, 'later.sql', 'ab', 0 FROM livechat_migration;
        ALTER TABLE livechat_membership RENAME TO member;
        COMMIT
        """,
    ]

    private static func upgraded(_ context: TrialContext, _ stock: String) async throws -> [Tally] {
        for upgrade in upgrades {
            try await onThread {
                let folder = try TemporaryFolder()
                let path = folder.file("chat.db")
                try FileManager.default.copyItem(atPath: stock, toPath: path)
                let server = try Server(database: path)
                let house = House()
                try requireStatus(server, House.request(Pair(user: 0, room: 0)), 200, "before the upgrade")
                let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 10_000))
                try connection.execute(upgrade)
                for pair in [
                    Pair(user: 0, room: 0), Pair(user: 0, room: 1), Pair(user: 0, room: 3), Pair(user: 6, room: 0),
                ] {
                    try requireStatus(server, House.request(pair), 503, "\(pair), \(house.status(pair)) before")
                }
                guard try server.get("/readyz")?.status == 503, try server.get("/livez")?.status == 200 else {
                    throw TrialFailure("/readyz does not tell")
                }
                try server.requireLogged("start a program built with a newer livechat-join")
                guard try connection.integer("SELECT count(*) FROM livechat_event WHERE kind = 'joined'") == 1 else {
                    throw TrialFailure("somebody joined after the upgrade")
                }
                guard server.stop() == 0 else { throw TrialFailure("the server did not stop") }
                let again = try CommandResult.livechatJoin(["serve", "--port", "0", "--database", path])
                guard again.status == 1, again.errors.contains("use a program built with a newer livechat-join") else {
                    throw TrialFailure("the older program started: \(again.errors)")
                }
            }
        }
        return [
            Tally(
                "schemas made newer beneath a running server",
                upgrades.count,
                "joins and decisions 503 from the next request on, /readyz 503, the log says which program to start"
            )
        ]
    }

    /// Asks on a connection of its own.
    static func requireStatus(
        _ server: Server,
        _ request: String,
        _ status: Int,
        _ what: String,
        within milliseconds: Int = 20_000
    ) throws {
        let client = try Client(port: server.port, timeout: milliseconds)
        try client.send(request)
        let answer = try client.next()
        guard let answer, answer.status == status else {
            throw TrialFailure("\(what): \(answer?.status ?? 0), not \(status); \(server.logged.suffix(2))")
        }
    }
}

extension Load {
    /// Waits until it has been answered some more.
    func waitForMore(_ count: Int) throws {
        let before = answers
        let start = ContinuousClock.now
        while answers < before + count {
            if start.milliseconds > 10_000 { throw TrialFailure("a server does not go on") }
            pass(milliseconds: 1)
        }
    }
}

extension Server {
    /// Waits for words in the log: an answer can be faster than the line about it.
    func requireLogged(_ words: String) throws {
        let start = ContinuousClock.now
        while !logged.contains(where: { $0.contains(words) }) {
            if start.milliseconds > 5_000 {
                throw TrialFailure("the log does not say \"\(words)\": \(logged.suffix(3))")
            }
            pass(milliseconds: 5)
        }
    }
}
