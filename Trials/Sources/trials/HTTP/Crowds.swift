import Foundation

/// Very many connections that do nothing, or next to it.
struct Crowds {
    let server: Server
    /// How many files the server had open before there was any connection.
    let filesBefore: Int
    /// How many files a process may open.
    let fileLimit: Int

    /// How much the server's memory may grow under any of this, in bytes.
    static let bound = 256 << 20
    private static let wanted = 10_000

    /// A server built without optimisation takes some hundreds of connections in a second.
    private static let patience = 30_000
    /// How many come at once.
    private static let batch = 250
    /// How long all of them are kept, in milliseconds; the server closes them after a minute with nothing to do.
    private static let hold = 3_000.0

    func run(_ context: TrialContext) throws -> [Tally] {
        let count = context.count(short: 1_500, long: Self.wanted)
        // As many files are open in the server as here, and a few more in each.
        guard count < fileLimit - 200 else {
            throw TrialFailure("only \(fileLimit) files may be open: allow \(count + 1_000) (ulimit -n)")
        }
        return [
            try crowd(count, "idle connections") { _ in [] },
            try crowd(context.count(short: 500, long: count), "connections with half a request") { number in
                Array(House.request(Pair(user: 0, room: 0)).utf8.prefix(20 + number % 100))
            },
        ]
    }

    private func crowd(_ count: Int, _ what: String, _ bytes: (Int) -> [UInt8]) throws -> Tally {
        let before = server.residentBytes
        let start = ContinuousClock.now
        var clients: [Client] = []
        for number in 0..<count {
            let client = try Client(port: server.port, timeout: Self.patience)
            let sent = bytes(number)
            if !sent.isEmpty { client.send(sent) }
            clients.append(client)
            // What the system has taken waits for the server, and the next connection waits behind it.
            if clients.count % Self.batch == 0 { try requireOpen(clients.count, what) }
        }
        try requireOpen(count, what)
        let opened = start.milliseconds
        let held = ContinuousClock.now
        while held.milliseconds < Self.hold {
            try Stop.requireStatus(server, House.request(Pair(user: 0, room: 0)), 200, "another client meanwhile")
            try requireOpen(count, what)
        }
        let grown = server.residentBytes - before
        guard grown < Self.bound else { throw TrialFailure("\(count) \(what) made it grow by \(grown) bytes") }
        leave(&clients)
        return Tally(
            what,
            count,
            "accepted within \(Int(opened / 1_000) + 1) s and open at the same time for \(Int(Self.hold / 1_000)) s; "
                + "the server grew by \(max(0, grown) >> 20) MiB (bound: \(Self.bound >> 20) MiB)"
        )
    }

    /// Waits until the server has accepted what the system has.
    private func requireOpen(_ count: Int, _ what: String) throws {
        let start = ContinuousClock.now
        while server.openFiles < filesBefore + count {
            guard start.milliseconds < Double(Self.patience) else {
                throw TrialFailure("\(server.openFiles - filesBefore) of \(count) \(what) are open in the server")
            }
            pass(milliseconds: 20)
        }
    }

    /// Lets the connections go by and by.
    ///
    /// To end the timer of each, NIO looks through the timers of all, and a server that is built without optimisation
    /// takes no new connection for ten seconds when 10,000 go at once.
    private func leave(_ clients: inout [Client]) {
        while !clients.isEmpty {
            let open = server.openFiles
            let leaving = min(50, clients.count)
            clients.removeLast(leaving)
            let start = ContinuousClock.now
            while server.openFiles > open - leaving, start.milliseconds < 5_000 { pass(milliseconds: 5) }
        }
    }
}
