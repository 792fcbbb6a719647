import CTrials
import Foundation
import LivechatJoin

/// Clients that mean no good, against one server that has to outlive them all.
enum Hostile {
    static let trial = Trial(
        "http",
        claim: "whatever bytes come, the same process goes on, within its memory, and serves everybody else"
    ) { context in
        let folder = try TemporaryFolder()
        let path = folder.file("chat.db")
        try await House().make(at: path)
        return try await onThread {
            let limit = ctrials_raise_file_limit()
            // It inherits how many files may be open.
            let server = try Server(database: path)
            let probe = Probe(server.port)
            var tallies = try Malformed(server: server).run(context)
            tallies += try Sequences(server: server).run(context)
            tallies += try Crowds(server: server, fileLimit: limit).run(context)
            let slowest = try probe.stop()
            guard server.isRunning else { throw TrialFailure("the server is gone") }
            guard server.stop() == 0 else { throw TrialFailure("it did not stop") }
            tallies.append(
                Tally(
                    "another client's requests meanwhile",
                    probe.count,
                    "each 200, the slowest after \(Int(slowest)) ms; the same process, and SIGTERM ends it with 0"
                )
            )
            return tallies
        }
    }

    /// The statuses that the contract or the parser gives.
    static let statuses: Set<Int> = [200, 400, 401, 403, 404, 405, 414, 431]
}

/// A client that behaves, all the while.
final class Probe: Sendable {
    private let state = State()
    private let threads: Threads<Double>

    /// How long one of its requests may take, in milliseconds.
    private static let deadline = 5_000.0

    private final class State: Sendable {
        let isStopped = Flag()
        let count = Counter()
    }

    init(_ port: Int) {
        let state = state
        threads = Threads(1) { _ in
            var slowest = 0.0
            while !state.isStopped.isSet {
                let start = ContinuousClock.now
                let client = try Client(port: port, timeout: 20_000)
                try client.send(House.request(Pair(user: 0, room: 0), closes: true))
                let status = try client.next()?.status
                guard status == 200 else { throw TrialFailure("a client that behaves was answered \(status ?? 0)") }
                slowest = max(slowest, start.milliseconds)
                guard slowest < Self.deadline else {
                    throw TrialFailure("a client that behaves was answered after \(slowest) ms")
                }
                state.count.add()
                pass(milliseconds: 10)
            }
            return slowest
        }
    }

    var count: Int { state.count.value }

    /// Ends it and returns how long its slowest request took.
    func stop() throws -> Double {
        state.isStopped.set()
        return try threads.wait()[0]
    }
}
