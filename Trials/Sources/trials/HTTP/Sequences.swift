import Foundation
import LivechatJoin

/// Many requests on one connection, and requests in pieces.
struct Sequences {
    let server: Server

    func run(_ context: TrialContext) throws -> [Tally] {
        try [pipelined(context.count(short: 2_000, long: 20_000)), pieces()]
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
}
