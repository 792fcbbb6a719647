import CTrials
import Foundation

/// A database that is cut in place under a running server. Its readers map the file, and a page that is gone from a
/// mapping is a signal, which must not end it.
struct Cut {
    let stock: String

    init(stock: String) { self.stock = stock }

    func run(_ context: TrialContext) throws -> [Tally] {
        var random = context.random(3)
        let rounds = context.count(short: 4, long: 100)
        for round in 1...rounds {
            let share = Double.random(in: 0..<1, using: &random)
            do {
                try run(share, SplitMix64(seed: random.next())) { try Server(database: $0) }
            } catch { throw TrialFailure("cut \(round), to \(share) of the file: \(error)") }
        }
        return [
            Tally(
                "the database cut to a part of its length under a running server",
                rounds,
                "each answer the right one or 503, from little more than a second later on; the same process, and SIGTERM ends it with 0"
            )
        ]
    }

    /// Everybody asks, so that every page is wanted.
    ///
    private func ask(_ server: Server) throws {
        let house = House()
        for number in 0..<house.users {
            let pair = Pair(user: number, room: number)
            guard let client = try? Client(port: server.port), (try? client.send(House.request(pair))) == true,
                let status = try client.next()?.status
            else { continue }
            guard status == 503 || status == house.status(pair) else {
                throw TrialFailure("\(pair) was answered \(status), not \(house.status(pair))")
            }
        }
    }

    func run(
        _ share: Double,
        _ generator: SplitMix64,
        _ start: (String) throws -> Server
    ) throws {
        let folder = try TemporaryFolder()
        let path = try Files.copy(stock, folder)
        let server = try start(path)
        let load = Load(port: server.port, house: House(), clients: 4, random: generator)
        try load.waitForMore(20)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        guard truncate(path, off_t(Double(size) * share)) == 0 else { throw TrialFailure("could not cut it") }
        // What is left of a page that is cut in its middle reads as zeros until the page is looked at again.
        pass(milliseconds: 1_300)
        load.stop()
        let result = try load.wait()
        if let wrong = result.wrong, wrong.contains("answered 200") { throw TrialFailure(wrong) }
        try ask(server)
        let status = server.stop()
        guard status == 0 else { throw TrialFailure("the server ended with \(status)") }
    }
}
