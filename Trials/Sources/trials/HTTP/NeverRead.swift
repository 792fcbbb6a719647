import Foundation
import LivechatJoin

/// Clients that ask and never read: what they are sent must not gather in the server without end.
struct NeverRead {
    let server: Server
    let clients: Int

    /// How much all of them send if they are let.
    private static let total = 512 << 20
    private var each: Int { Self.total / clients }
    /// How long nothing must have been taken from any of them before the server is thought to have had enough.
    private static let quiet = 3_000.0

    /// Sends until no more is taken, or the server has grown too large.
    func run() throws -> Tally {
        let before = server.residentBytes
        let request = Array(String(repeating: House.request(Pair(user: 6, room: 0)), count: 200).utf8)
        let connections = try (0..<clients).map { _ in try Client(port: server.port, timeout: 20_000, isNarrow: true) }
        var sent = [Int](repeating: 0, count: clients)
        var lastTaken = ContinuousClock.now
        while lastTaken.milliseconds < Self.quiet {
            for (number, connection) in connections.enumerated() where sent[number] < each {
                // It goes on in the request at which it was stopped.
                guard let taken = connection.offer(request[(sent[number] % request.count)...]) else {
                    throw TrialFailure("a client that does not read was sent away at once")
                }
                sent[number] += taken
                if taken > 0 { lastTaken = .now }
            }
            let grown = server.residentBytes - before
            guard grown < Crowds.bound else {
                throw TrialFailure(
                    "\(sent.reduce(0, +)) bytes of requests that nobody reads the answers to made it grow by \(grown) bytes"
                )
            }
            pass(milliseconds: 5)
        }
        let grown = server.residentBytes - before
        return Tally(
            "clients that pipeline \(each >> 20) MiB each and never read",
            clients,
            "\(sent.reduce(0, +) >> 20) MiB of \(Self.total >> 20) taken from them, until they were kept waiting; "
                + "the server grew by \(max(0, grown) >> 20) MiB (bound: \(Crowds.bound >> 20) MiB)"
        )
    }
}
