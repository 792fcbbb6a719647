import Foundation

/// Very many connections that do nothing, or next to it.
struct Crowds {
    let server: Server
    let fileLimit: Int

    /// How much the server's memory may grow under any of this, in bytes.
    static let bound = 256 << 20
    private static let wanted = 10_000

    func run(_ context: TrialContext) throws -> [Tally] {
        // As many files are open in the server as here, and a few more in each.
        let count = min(context.count(short: 1_500, long: Self.wanted), fileLimit - 200)
        return [
            try crowd(count, "idle connections") { _ in [] },
            try crowd(context.count(short: 500, long: count), "connections with half a request") { number in
                Array(House.request(Pair(user: 0, room: 0)).utf8.prefix(20 + number % 100))
            },
        ]
    }

    private func crowd(_ count: Int, _ what: String, _ bytes: (Int) -> [UInt8]) throws -> Tally {
        let before = server.residentBytes
        var clients: [Client] = []
        for number in 0..<count {
            let client = try Client(port: server.port)
            let sent = bytes(number)
            if !sent.isEmpty { client.send(sent) }
            clients.append(client)
        }
        try Stop.requireStatus(server, House.request(Pair(user: 0, room: 0)), 200, "another client meanwhile")
        let grown = server.residentBytes - before
        guard grown < Self.bound else { throw TrialFailure("\(count) \(what) made it grow by \(grown) bytes") }
        leave(&clients)
        return Tally(
            what,
            count,
            "open at the same time; the server grew by \(max(0, grown) >> 20) MiB (bound: \(Self.bound >> 20) MiB)"
        )
    }

    /// Lets the connections go by and by. A server that is built without optimisation needs a millisecond for each, and
    /// takes no new one while it is at it.
    private func leave(_ clients: inout [Client]) {
        while !clients.isEmpty {
            let open = server.openFiles
            let leaving = min(200, clients.count)
            clients.removeLast(leaving)
            let start = ContinuousClock.now
            while server.openFiles > open - leaving, start.milliseconds < 5_000 { pass(milliseconds: 5) }
        }
    }
}
