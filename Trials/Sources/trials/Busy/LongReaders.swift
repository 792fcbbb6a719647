import Foundation
import LivechatJoin
import LivechatPersistence
import Logging
import Synchronization

/// A day's joins while other processes hold snapshots for long, one after the other.
struct LongReaders {
    private let context: TrialContext
    private let house = House(users: 400, rooms: 480)

    /// Small, so that the short form comes to its bounds too.
    private static let logBytes = 1 << 20
    /// What the documentation promises, once more for what comes between one attempt to restart and the next, and the
    /// frames' heads.
    private static let bound = 6 * logBytes

    init(_ context: TrialContext) { self.context = context }

    func run() async throws -> [Tally] {
        let folder = try TemporaryFolder()
        let path = folder.file("chat.db")
        try await house.make(at: path)
        var random = context.random(5)
        var left = (0..<house.users).flatMap { user in (0..<house.rooms).map { Pair(user: user, room: $0) } }
            .filter(house.mayEnter)
        left.shuffle(using: &random)
        let caught = try await caughtUnbounded(path, &left)
        let told = Told()
        var options = JoinDatabase.Options()
        options.logBytes = Self.logBytes
        // What a loss of power does is another trial's; syncs would make this one take hours.
        options.durability = .normal
        let database = try JoinDatabase(
            path: path,
            options: options,
            logger: Logger(label: "trials") { _ in TellingHandler(told: told) }
        )
        let wanted = context.count(short: 6_000, long: 100_000)
        let size = wanted / 12
        var joins = 0
        var readers = 0
        var longestPinned = 0
        var longestFree = 0
        let service = JoinService(store: database)
        while joins < wanted, !left.isEmpty {
            // A third of the time somebody reads for long; then nobody does, and the log has to come back.
            let reader = try HoldWorker.start(path, "read")
            readers += 1
            repeat {
                joins += try await join(service, &left, size) { longestPinned = max(longestPinned, database.logBytes) }
            } while longestPinned <= Self.bound && !left.isEmpty
            try HoldWorker.letGo(reader)
            // Readers of a machine that is busy can hold one try up, and the next comes when the log has grown once more.
            var settling = 0
            repeat {
                settling += try await join(service, &left, size / 2)
            } while database.logBytes > Self.bound && settling < 4 * size && !left.isEmpty
            joins += settling
            joins += try await join(service, &left, size / 2 * 3) { longestFree = max(longestFree, database.logBytes) }
        }
        await database.close()
        guard longestFree <= Self.bound else {
            throw TrialFailure("the log was \(longestFree) bytes long though nobody was reading, not \(Self.bound)")
        }
        let warned = told.count { $0.contains("cannot restart") && $0.contains("bytes") }
        guard longestPinned > Self.bound, warned > 0 else {
            throw TrialFailure("the log was \(longestPinned) bytes long at the most, with \(warned) warnings")
        }
        return [
            caught,
            Tally(
                "joins with a log of 1 MiB while another process reads for long, \(readers) times",
                joins,
                "the log \(Self.mebibytes(longestPinned)) MiB at the most while somebody reads, "
                    + "\(Self.mebibytes(longestFree)) MiB while nobody does; \(warned) warnings"
            ),
        ]
    }

    /// A log that is never checkpointed has to come out longer than the bound before one that stays below is believed.
    private func caughtUnbounded(_ path: String, _ left: inout [Pair]) async throws -> Tally {
        var options = JoinDatabase.Options()
        options.logBytes = 1 << 30
        options.durability = .normal
        let database = try JoinDatabase(path: path, options: options)
        var joins = 0
        while database.logBytes <= Self.bound, joins < 20_000 {
            joins += try await join(JoinService(store: database), &left, 500)
        }
        let longest = database.logBytes
        await database.close()
        guard longest > Self.bound else { throw TrialFailure("\(joins) joins make a log of \(longest) bytes only") }
        return Tally("the checker catches a log that is never checkpointed", 1, "yes, after \(joins) joins")
    }

    private func join(
        _ service: JoinService,
        _ left: inout [Pair],
        _ count: Int,
        look: () -> Void = {}
    ) async throws -> Int {
        var joined = 0
        while joined < count, !left.isEmpty {
            let batch = Array(left.suffix(32))
            left.removeLast(batch.count)
            try await withThrowingTaskGroup { group in
                for pair in batch {
                    group.addTask {
                        let outcome = try await service.join(
                            JoinRequest(
                                userID: "user-\(pair.user)",
                                token: "token-\(pair.user)",
                                roomID: "room-\(pair.room)"
                            )
                        )
                        guard case .joined = outcome else { throw TrialFailure("\(pair): \(outcome)") }
                    }
                }
                try await group.waitForAll()
            }
            joined += batch.count
            look()
        }
        return joined
    }

    private static func mebibytes(_ bytes: Int) -> String {
        (Double(bytes) / 1_048_576).formatted(.number.precision(.fractionLength(1)))
    }
}

/// The lines that a logger received.
final class Told: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    func count(where isMeant: (String) -> Bool) -> Int { lines.withLock { $0.count(where: isMeant) } }
}

struct TellingHandler: LogHandler {
    let told: Told
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { told.add("\(event.message) \(event.metadata ?? [:])") }
}
