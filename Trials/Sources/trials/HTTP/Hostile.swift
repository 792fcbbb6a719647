import CTrials
import Foundation
import LivechatJoin
import Synchronization

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
            let caught = try caught(context, path)
            // It inherits how many files may be open.
            let server = try Server(database: path)
            let filesBefore = server.openFiles
            let probe = Probe(server.port)
            var tallies = caught + (try Malformed(server: server).run())
            probe.say("beside noise")
            tallies.append(try noise(context, server, path))
            probe.say("beside pipelined requests")
            tallies += try Sequences(server: server).run(context)
            probe.say("beside clients that never read")
            tallies.append(try NeverRead(server: server, clients: context.count(short: 8, long: 16)).run())
            probe.say("beside crowds of connections")
            tallies += try Crowds(server: server, filesBefore: filesBefore, fileLimit: limit).run(context)
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

    /// Servers that are wrong have to be caught before a right one is believed.
    private static func caught(_ context: TrialContext, _ path: String) throws -> [Tally] {
        let welcoming = try BrokenServer.start(path, .welcoming)
        do {
            _ = try Noise(server: welcoming).run(100, context.random(8))
            throw TrialFailure("a server that lets everybody in is not caught")
        } catch let failure as TrialFailure where failure.description.contains("was let in") {}
        let gathering = try BrokenServer.start(path, .gathering)
        do {
            _ = try NeverRead(server: gathering, clients: 8).run()
            throw TrialFailure("a server that gathers answers is not caught")
        } catch let failure as TrialFailure where failure.description.contains("made it grow") {}
        return [
            Tally("the checker catches a server that lets everybody in", 1, "yes"),
            Tally("the checker catches a server that gathers answers that nobody reads", 1, "yes, at 256 MiB"),
        ]
    }

    private static func noise(_ context: TrialContext, _ server: Server, _ path: String) throws -> Tally {
        let count = context.count(short: 600, long: 5_000)
        let noise = Noise(server: server)
        let result = try noise.run(count, context.random(7))
        let joined = try noise.requireMembers(path)
        guard result.admitted > count / 20, joined > 0 else {
            throw TrialFailure("only \(result.admitted) were let in: nothing was tried")
        }
        return Tally(
            "requests of users who may enter and who may not, with bytes changed, cut out or put in at random",
            count,
            "\(result.admitted) let in, each with a right user, token and room in its bytes, 0 wrongly; \(result.refused) "
                + "refused (400, 401, 403, 404, 405, 414 or 431), \(result.silent) closed without an answer"
        )
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
        let phase = Mutex("beside malformed requests")
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
                    let phase = state.phase.withLock { $0 }
                    throw TrialFailure("a client that behaves was answered after \(slowest) ms, \(phase)")
                }
                state.count.add()
                pass(milliseconds: 10)
            }
            return slowest
        }
    }

    var count: Int { state.count.value }

    /// What goes on beside it from now on.
    func say(_ phase: String) { state.phase.withLock { $0 = phase } }

    /// Ends it and returns how long its slowest request took.
    func stop() throws -> Double {
        state.isStopped.set()
        return try threads.wait()[0]
    }
}
