import Foundation
import LivechatJoin
import LivechatPersistence
import Logging

/// Locks and snapshots that others hold for long.
enum Busy {
    static let trial = Trial(
        "busy",
        claim: "a lock that another process holds ends in 503 in time, readers do not notice, and the log stays bounded"
    ) { context in
        let folder = try TemporaryFolder()
        let stock = folder.file("stock.db")
        try await House().make(at: stock)
        let locked = try await onThread { try [caughtPatient(stock), lockedOut(context, stock)] }
        return try await locked + LongReaders(context).run()
    }

    /// A server that waits for the lock without end has to be caught before a right one is believed.
    private static func caughtPatient(_ stock: String) throws -> Tally {
        let folder = try TemporaryFolder()
        let path = try Files.copy(stock, folder)
        do {
            _ = try lockOut(try BrokenServer.start(path, .patient), path)
        } catch let failure as TrialFailure {
            guard failure.description.contains("no answer within") else { throw failure }
            return Tally("the checker catches a server that waits for the lock without end", 1, "yes")
        }
        throw TrialFailure("a server that waits for the lock without end is not caught")
    }

    /// The default of `Options.busyTimeout`, with which `serve` opens.
    private static let timeout = 5_000.0
    /// What a machine that is busy may need beyond it.
    private static let patience = 2_500.0

    /// What came of one lock.
    private struct Waits {
        var slowest = 0.0
        var slowestRead = 0.0
        var reads = 0
    }

    private static func lockedOut(_ context: TrialContext, _ stock: String) throws -> Tally {
        let rounds = context.count(short: 1, long: 10)
        var all = Waits()
        for _ in 0..<rounds {
            let folder = try TemporaryFolder()
            let path = try Files.copy(stock, folder)
            let server = try Server(database: path)
            let waits = try lockOut(server, path)
            guard server.stop() == 0 else { throw TrialFailure("it did not stop") }
            all.slowest = max(all.slowest, waits.slowest)
            all.slowestRead = max(all.slowestRead, waits.slowestRead)
            all.reads += waits.reads
        }
        return Tally(
            "the write lock held by another process for longer than the busy timeout (5 s)",
            rounds,
            "joins 503 after \(Int(all.slowest)) ms at the latest, one that came while another was waiting too; "
                + "\(all.reads) members and refusals meanwhile answered within \(Int(all.slowestRead) + 1) ms; "
                + "joins again at once when it is free"
        )
    }

    /// Holds the lock, and asks.
    private static func lockOut(_ server: Server, _ path: String) throws -> Waits {
        var waits = Waits()
        let member = Pair(user: 0, room: 0)
        try Stop.requireStatus(server, House.request(member), 200, "a join")
        let holder = try HoldWorker.start(path, "write")
        // One that finds the lock taken, and one that comes while the first is waiting.
        let joins = Threads(2) { number in
            if number == 1 { pass(milliseconds: 1_000) }
            let start = ContinuousClock.now
            try Stop.requireStatus(
                server,
                House.request(Pair(user: 0, room: 1 + number)),
                503,
                "a join that waits",
                within: Int(timeout + patience)
            )
            return start.milliseconds
        }
        let start = ContinuousClock.now
        while start.milliseconds < timeout {
            for (pair, status) in [(member, 200), (Pair(user: 6, room: 0), 403), (Pair(user: 0, room: 3), 403)] {
                let asked = ContinuousClock.now
                try Stop.requireStatus(server, House.request(pair), status, "a reader meanwhile")
                waits.slowestRead = max(waits.slowestRead, asked.milliseconds)
                waits.reads += 1
            }
            pass(milliseconds: 20)
        }
        let waited = try joins.wait()
        waits.slowest = waited.max() ?? 0
        guard let shortest = waited.min(), shortest > 0.8 * timeout, waits.slowest < timeout + patience else {
            throw TrialFailure("the joins were answered after \(waited) ms")
        }
        guard waits.slowestRead < 1_000 else { throw TrialFailure("a reader waited \(waits.slowestRead) ms") }
        try server.requireLogged("is locked by another process")
        try HoldWorker.letGo(holder)
        try Stop.requireStatus(server, House.request(Pair(user: 0, room: 1)), 200, "a join after the lock is free")
        return waits
    }
}
