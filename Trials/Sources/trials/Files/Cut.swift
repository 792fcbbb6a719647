import CTrials
import Foundation

/// A database that is cut in place under a running server. Its readers map the file, and a page that is gone from a
/// mapping is a signal.
struct Cut {
    let stock: String
    private var wrongRefusals = 0

    init(stock: String) { self.stock = stock }

    mutating func run(_ context: TrialContext) throws -> [Tally] {
        var random = context.random(3)
        var ended = 0
        var failed = 0
        let rounds = context.count(short: 4, long: 100)
        for round in 1...rounds {
            let share = Double.random(in: 0..<1, using: &random)
            do {
                let died = try run(share, SplitMix64(seed: random.next())) { try Server(database: $0) }
                if died { ended += 1 } else { failed += 1 }
            } catch { throw TrialFailure("cut \(round), to \(share) of the file: \(error)") }
        }
        return [
            Tally(
                "the database cut to a part of its length under a running server",
                rounds,
                "nobody let in who should not be; \(ended) servers ended by SIGBUS, \(failed) went on; \(wrongRefusals) were refused for another reason than the true one"
            )
        ]
    }

    /// Everybody asks, so that every page is wanted.
    ///
    /// The rest of a page that is cut in its middle reads as zeros through the mapping, so that a token can seem not to
    /// be there: a refusal that an undamaged database would not give is counted, an admission is a failure.
    private mutating func ask(_ server: Server) throws {
        let house = House()
        for number in 0..<house.users {
            let pair = Pair(user: number, room: number)
            guard let client = try? Client(port: server.port), (try? client.send(House.request(pair))) == true,
                let status = try client.next()?.status
            else { continue }
            if status != house.status(pair), status != 503 { wrongRefusals += 1 }
            guard status != 200 || house.mayEnter(pair) else {
                throw TrialFailure("\(pair) was answered \(status), not \(house.status(pair))")
            }
        }
    }

    /// Returns whether the server ended.
    mutating func run(
        _ share: Double,
        _ generator: SplitMix64,
        _ start: (String) throws -> Server
    ) throws -> Bool {
        let folder = try TemporaryFolder()
        let path = try Files.copy(stock, folder)
        let server = try start(path)
        let load = Load(port: server.port, house: House(), clients: 4, random: generator)
        try load.waitForMore(20)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        guard truncate(path, off_t(Double(size) * share)) == 0 else { throw TrialFailure("could not cut it") }
        // Some work more on what is left; what is in the cache is still answered rightly.
        pass(milliseconds: 150)
        load.stop()
        let result = try load.wait()
        if let wrong = result.wrong, wrong.contains("answered 200") { throw TrialFailure(wrong) }
        try ask(server)
        if server.isRunning { return false }
        let status = server.wait()
        guard status == 256 + SIGBUS else { throw TrialFailure("the server ended with \(status)") }
        return true
    }
}
