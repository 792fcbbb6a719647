import Foundation
import Synchronization

/// Clients that ask a server to join without end, each on a connection of its own.
final class Load: Sendable {
    /// What came of it.
    struct Result: Sendable {
        var acknowledged: [Pair] = []
        var unanswered: [Pair] = []
        var refusals = 0
        /// An answer that was not the one that the contract says.
        var wrong: String?
    }

    private let state: State
    private let threads: Threads<Result>

    init(port: Int, house: House, clients: Int, random: SplitMix64) {
        // The threads start before this value is complete, so they get what they need by itself.
        let state = State()
        self.state = state
        var seeds = random
        let generators = (0..<clients).map { _ in SplitMix64(seed: seeds.next()) }
        threads = Threads(clients) { number in Self.ask(port, house, generators[number], state) }
    }

    private final class State: Sendable {
        let isStopped = Atomic(false)
        let answered = Atomic(0)
    }

    /// How many answers have come.
    var answers: Int { state.answered.load(ordering: .relaxed) }

    /// Lets the clients end after the answer that each waits for.
    func stop() { state.isStopped.store(true, ordering: .relaxed) }

    /// Waits until the clients have ended: they have been stopped, or the server is gone.
    func wait() throws -> Result {
        try threads.wait().reduce(into: Result()) { sum, one in
            sum.acknowledged += one.acknowledged
            sum.unanswered += one.unanswered
            sum.refusals += one.refusals
            sum.wrong = sum.wrong ?? one.wrong
        }
    }

    private static func ask(_ port: Int, _ house: House, _ generator: SplitMix64, _ state: State) -> Result {
        var random = generator
        var result = Result()
        guard let client = try? Client(port: port) else { return result }
        while !state.isStopped.load(ordering: .relaxed) {
            let pair = Int.random(in: 0..<4, using: &random) == 0 ? house.anyPair(&random) : house.welcomePair(&random)
            guard (try? client.send(House.request(pair))) == true, let answer = try? client.next() else {
                if house.mayEnter(pair) { result.unanswered.append(pair) }
                return result
            }
            state.answered.add(1, ordering: .relaxed)
            guard answer.status == house.status(pair) else {
                result.wrong = "\(pair) was answered \(answer.status) \(answer.body), not \(house.status(pair))"
                return result
            }
            if answer.status == 200 { result.acknowledged.append(pair) } else { result.refusals += 1 }
        }
        return result
    }
}
