import Foundation
import LivechatJoin

/// Many requests on one connection, and requests in pieces.
struct Sequences {
    let server: Server

    func run(_ context: TrialContext) throws -> [Tally] {
        try [pipelined(context.count(short: 2_000, long: 100_000)), pieces(), neverReads(context)]
    }

    /// Requests one after the other without waiting; the answers come in their order.
    private func pipelined(_ count: Int) throws -> Tally {
        let pairs = [Pair(user: 0, room: 0), Pair(user: 6, room: 0), Pair(user: 7, room: 0), Pair(user: 0, room: 3)]
        let house = House()
        let port = server.port
        let client = try Client(port: port)
        let batch = pairs.map { House.request($0) }.joined()
        var answered = 0
        while answered < count {
            try client.send(String(repeating: batch, count: 25))
            for _ in 0..<25 {
                for pair in pairs {
                    guard let answer = try client.next() else { throw TrialFailure("the connection was closed") }
                    guard answer.status == house.status(pair) else {
                        throw TrialFailure("answer \(answered) is \(answer.status), not \(house.status(pair))")
                    }
                    answered += 1
                }
            }
        }
        return Tally("pipelined requests, 100 at a time", answered, "each answered in its place")
    }

    /// A request that comes byte by byte.
    private func pieces() throws -> Tally {
        let client = try Client(port: server.port)
        let bytes = Array(House.request(Pair(user: 0, room: 0), closes: true).utf8)
        for byte in bytes {
            client.send([byte])
            // So that each is a packet of its own.
            pass(milliseconds: 1)
        }
        guard try client.next()?.status == 200 else { throw TrialFailure("a request byte by byte was not answered") }
        return Tally("a request byte by byte", bytes.count, "answered 200")
    }

    /// Clients that ask and never read: what they are sent must not gather in the server without end.
    private func neverReads(_ context: TrialContext) throws -> Tally {
        let before = server.residentBytes
        var clients: [Client] = []
        var sent = 0
        let wanted = context.count(short: 4, long: 40) << 20
        let request = Array(String(repeating: House.request(Pair(user: 6, room: 0)), count: 100).utf8)
        for _ in 0..<4 {
            let client = try Client(port: server.port)
            client.shrinkBuffer()
            // Until it takes no more, or so much has been taken that it would show.
            while sent < wanted / 4 * (clients.count + 1), client.send(request, within: 500) { sent += request.count }
            clients.append(client)
        }
        let grown = server.residentBytes - before
        guard grown < Crowds.bound else {
            throw TrialFailure(
                "\(sent) bytes of requests that nobody reads the answers to made it grow by \(grown) bytes"
            )
        }
        return Tally(
            "clients that pipeline and never read",
            clients.count,
            "\(sent >> 10) KiB taken from them; the server grew by \(max(0, grown) >> 10) KiB (bound: \(Crowds.bound >> 20) MiB)"
        )
    }
}
