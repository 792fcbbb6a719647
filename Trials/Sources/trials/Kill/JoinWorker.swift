import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence

/// A process that joins without end and says on standard output what it has acknowledged, with a log so small that it
/// is checkpointed all the time.
///
/// `trials worker joins PATH SEED engine` joins as the engine does; with `early` in place of `engine` the answer comes
/// before the commit, which the comparison has to find.
enum JoinWorker {
    private static let logBytes = 32 << 10
    private static let tasks = 16

    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 3, let seed = UInt64(arguments[1]) else { throw TrialFailure("PATH SEED MODE") }
        var options = JoinDatabase.Options()
        options.schema = .requireCurrent
        options.logBytes = logBytes
        let database = try JoinDatabase(path: arguments[0], options: options)
        // The fault: a join is answered before it is committed.
        let early = InterposedJoinStore(
            database,
            admit: { store, query, evaluate in
                Task { try await store.admit(query, evaluate) }
                return try await store.decide(query, evaluate)
            }
        )
        let service = arguments[2] == "early" ? JoinService(store: early) : JoinService(store: database)
        var seeds = SplitMix64(seed: seed)
        let house = House()
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks {
                let own = SplitMix64(seed: seeds.next())
                group.addTask {
                    var random = own
                    while true {
                        let pair = house.anyPair(&random)
                        try say("? \(pair.user) \(pair.room)")
                        let outcome = try await service.join(
                            JoinRequest(
                                userID: "user-\(pair.user)",
                                token: "token-\(pair.user)",
                                roomID: "room-\(pair.room)"
                            )
                        )
                        if case .refused = outcome { continue }
                        try say("+ \(pair.user) \(pair.room)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func say(_ line: String) throws {
        // One write of so few bytes to a pipe is never cut in two.
        try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Reads what a worker has said until it was killed.
    ///
    /// `isJoining` is signalled when the first few joins have been acknowledged, and at the end.
    static func result(_ process: ChildProcess, _ isJoining: DispatchSemaphore) -> Load.Result {
        var result = Load.Result()
        while let line = process.nextLine() {
            let fields = line.split(separator: " ")
            guard fields.count == 3, let user = Int(fields[1]), let room = Int(fields[2]) else { continue }
            let pair = Pair(user: user, room: room)
            if fields[0] == "+" { result.acknowledged.append(pair) } else { result.unanswered.append(pair) }
            if result.acknowledged.count == 5 { isJoining.signal() }
        }
        isJoining.signal()
        return result
    }
}
