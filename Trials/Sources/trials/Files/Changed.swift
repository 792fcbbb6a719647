import Foundation
import LivechatSQLite

/// Files that are replaced or removed while a server has them open.
struct Changed {
    let stock: String

    enum Change: String, CaseIterable {
        case replaced = "the database replaced by another (renamed over)"
        case deleted = "the database deleted"
        case renamedAway = "the database renamed away"
        case logDeleted = "the log deleted"
        case indexDeleted = "the log's index deleted"

        func apply(_ path: String, _ stock: String) throws {
            let files = FileManager.default
            switch self {
            case .replaced:
                try files.copyItem(atPath: stock, toPath: path + ".new")
                guard rename(path + ".new", path) == 0 else { throw TrialFailure("could not rename") }
            case .deleted: try files.removeItem(atPath: path)
            case .renamedAway: try files.moveItem(atPath: path, toPath: path + ".old")
            case .logDeleted: try files.removeItem(atPath: path + "-wal")
            case .indexDeleted: try files.removeItem(atPath: path + "-shm")
            }
        }
    }

    func run(_ context: TrialContext) throws -> [Tally] {
        var random = context.random(6)
        let rounds = context.count(short: 1, long: 20)
        return try Change.allCases.map { change in
            for round in 1...rounds {
                do {
                    try run(change, SplitMix64(seed: random.next())) { try Server(database: $0) }
                } catch { throw TrialFailure("\(change.rawValue), round \(round): \(error)") }
            }
            return Tally(
                change.rawValue + " under a running server",
                rounds,
                "503 and a line in the log: joins at once, /readyz within a second; no join acknowledged any more; "
                    + "it stops with 0\(change == .deleted ? "" : ", and the next one starts, with all that is in the file")"
            )
        }
    }

    func run(_ change: Change, _ generator: SplitMix64, _ start: (String) throws -> Server) throws {
        let folder = try TemporaryFolder()
        let path = try Files.copy(stock, folder)
        let house = House()
        let server = try start(path)
        let load = Load(port: server.port, house: house, clients: 4, random: generator)
        try load.waitForMore(20)
        try change.apply(path, stock)
        // An answer that was decided before may be on its way; none that is asked for from here on may be 200.
        try Stop.requireStatus(server, House.request(Pair(user: 0, room: 0)), 503, "a join")
        let result = try load.wait()
        guard result.wrong?.contains("answered 503") == true else {
            throw TrialFailure("the clients were answered: \(result.wrong ?? "as if nothing had happened")")
        }
        try server.requireLogged("has been replaced or removed while it was open")
        // A reader that keeps a snapshot looks at the files every 20 ms; the rest is for a machine that is busy.
        let start = ContinuousClock.now
        while try server.get("/readyz")?.status != 503 {
            guard start.milliseconds < 1_000 else { throw TrialFailure("/readyz does not tell within a second") }
        }
        guard try server.get("/livez")?.status == 200 else { throw TrialFailure("/livez does not answer") }
        guard server.stop() == 0 else { throw TrialFailure("it did not stop") }
        switch change {
        case .deleted: return
        case .renamedAway: try FileManager.default.moveItem(atPath: path + ".old", toPath: path)
        case .replaced, .logDeleted, .indexDeleted: break
        }
        let next = try Server(database: path)
        try Stop.requireStatus(next, House.request(Pair(user: 0, room: 0)), 200, "a join after a restart")
        guard next.stop() == 0 else { throw TrialFailure("the next one did not stop") }
        // Another database has not heard of the joins.
        if change != .replaced { try requireAll(result, path) }
    }

    /// Every join that was acknowledged before the change is there.
    private func requireAll(_ result: Load.Result, _ path: String) throws {
        let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 10_000))
        guard try connection.text("PRAGMA integrity_check") == "ok" else { throw TrialFailure("integrity_check") }
        let events = try connection.integer("SELECT count(*) FROM livechat_event WHERE kind = 'joined'") ?? 0
        let joins = Set(result.acknowledged).count
        guard events >= joins else { throw TrialFailure("\(joins) joins were acknowledged, \(events) are there") }
    }
}
