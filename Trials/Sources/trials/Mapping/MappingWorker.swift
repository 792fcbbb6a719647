import Foundation
import LivechatSQLite
import Synchronization

/// Reads through mappings while a shell and a connection of its own change the file, one after the other.
///
/// `trials worker mapping SECONDS SEED` prints a line for each thing tried.
enum MappingWorker {
    /// Readers compare what they see with the newest number that had been committed when they began.
    private static let committed = Atomic<Int64>(0)
    private static let isDone = Flag()
    private static let readers = 3

    /// A row's text follows from its key and version; some texts take several pages.
    private static let text: StaticString =
        "replace(hex(zeroblob(1 + key * 37 % 500)), '00', printf('%08x.', key + version))"
    private static let schema = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE item (key INTEGER PRIMARY KEY, version INTEGER NOT NULL DEFAULT 0, text TEXT);
        CREATE TABLE state (number INTEGER, items INTEGER, sum INTEGER);
        INSERT INTO state VALUES (0, 0, 0);
        """
    private static let closing = """
        UPDATE item SET text = \(text) WHERE text IS NULL;
        UPDATE state SET number = number + 1, (items, sum) = (SELECT count(*), total(key + version) FROM item);
        COMMIT;
        """
    private static let verdict: [StaticString] = [
        """
        SELECT number, items = (SELECT count(*) FROM item) AND sum = (SELECT total(key + version) FROM item)
            AND NOT EXISTS (SELECT 1 FROM item WHERE text IS NOT \u{20}
        """,
        text, ") FROM state",
    ]

    private static func change(_ random: inout SplitMix64) -> String {
        let third = Int.random(in: 0..<3, using: &random)
        let work = [
            """
            WITH RECURSIVE new (one) AS (VALUES (1) UNION ALL SELECT one + 1 FROM new WHERE one < 150)
            INSERT INTO item (version) SELECT one FROM new;
            """,
            "UPDATE item SET version = version + 1, text = NULL WHERE key % 3 = \(third);",
            "DELETE FROM item WHERE key % 3 = \(third);", "DELETE FROM item WHERE key > 50;",
        ]
        let weights = [0, 0, 0, 0, 1, 1, 2, 3]
        return "BEGIN IMMEDIATE;" + work[weights.randomElement(using: &random) ?? 0] + closing
    }

    private static let upkeep = [
        "VACUUM;", "PRAGMA wal_checkpoint(PASSIVE);", "PRAGMA wal_checkpoint(FULL);",
        "PRAGMA wal_checkpoint(RESTART);", "PRAGMA wal_checkpoint(TRUNCATE);",
    ]

    static func run(_ arguments: [String]) async throws {
        guard arguments.count == 2, let seconds = Double(arguments[0]), let seed = UInt64(arguments[1]) else {
            throw TrialFailure("SECONDS SEED")
        }
        let folder = try TemporaryFolder(inMemory: true)
        let path = folder.file("mapped.db")
        try await onThread {
            var random = SplitMix64(seed: seed)
            let own = try Connection(path: path, options: .init(access: .create, busyTimeout: 10_000))
            try own.execute(schema + "PRAGMA mmap_size = 2147483648; PRAGMA wal_autocheckpoint = 0")
            try requireCaught(path, own)
            let shell = try ChildProcess("/usr/bin/sqlite3", ["-batch", path])
            try shell.send(".timeout 10000\n")
            let seeds = (0..<readers).map { _ in random.next() }
            let reading = Threads(readers) { number in try read(path, SplitMix64(seed: seeds[number])) }
            var (changes, cleanings, smallest, largest) = (0, 0, Int.max, 0)
            let start = ContinuousClock.now
            while start.milliseconds < seconds * 1_000 {
                // Never two at the same time: SQLite before 3.51.3 can lose a commit that meets another's checkpoint.
                if Int.random(in: 0..<3, using: &random) == 0 {
                    try own.execute(change(&random))
                } else {
                    let isUpkeep = Bool.random(using: &random)
                    let work = isUpkeep ? upkeep.randomElement(using: &random) ?? "" : change(&random)
                    try shell.send(work + "\nSELECT 'done';\n")
                    while let line = shell.nextLine(), line != "done" {}
                    cleanings += isUpkeep ? 1 : 0
                }
                changes += 1
                committed.store(try own.integer("SELECT number FROM state") ?? -1, ordering: .releasing)
                let bytes = FileStatus(path: path)?.size ?? 0
                (smallest, largest) = (min(smallest, bytes), max(largest, bytes))
            }
            isDone.set()
            let snapshots = try reading.wait().reduce(0, +)
            guard largest > 4 * smallest else {
                throw TrialFailure("the file had \(smallest) to \(largest) bytes only")
            }
            print("the checker catches a wrong row and an old snapshot\t2\tyes")
            print(
                "changes by a shell and a mapped connection, \(cleanings) of them VACUUM or checkpoints\t\(changes)",
                terminator: ""
            )
            print("\tthe file had \(smallest >> 10) to \(largest >> 10) KiB")
            print(
                "snapshots read through a mapping meanwhile, every row compared\t\(snapshots)\t0 old, 0 wrong, 0 signals"
            )
        }
    }

    /// Takes snapshot after snapshot, keeps some for a while, and reads them again.
    private static func read(_ path: String, _ generator: SplitMix64) throws -> Int {
        var random = generator
        let connection = try Connection(path: path, options: .init(access: .readOnly, busyTimeout: 10_000))
        try connection.execute("PRAGMA mmap_size = 2147483648; PRAGMA cache_size = -64")
        var snapshots = 0
        while !isDone.isSet {
            let newest = committed.load(ordering: .acquiring)
            try connection.transaction(.deferred) {
                let number = try check(connection, atLeast: newest)
                for _ in 0..<[0, 0, 1, 3].randomElement(using: &random)! {
                    pass(milliseconds: Double.random(in: 0...30, using: &random))
                    guard try check(connection, atLeast: newest) == number else {
                        throw TrialFailure("a snapshot has changed")
                    }
                }
            }
            snapshots += 1
        }
        return snapshots
    }

    /// Compares every row of the snapshot, and returns its number.
    private static func check(_ connection: borrowing Connection, atLeast newest: Int64) throws -> Int64 {
        let statement = try connection.prepare(verdict)
        guard let (number, isRight) = try statement.first({ ($0.integer(0), $0.bool(1)) }) else {
            throw TrialFailure("no state")
        }
        guard isRight else { throw TrialFailure("a row is wrong in snapshot \(number)") }
        guard number >= newest else { throw TrialFailure("snapshot \(number) is older than \(newest)") }
        return number
    }

    /// What the readers look for has to be found before it is believed not to be there.
    private static func requireCaught(_ path: String, _ own: borrowing Connection) throws {
        try own.execute("BEGIN; INSERT INTO item VALUES (1, 0, 'wrong')")
        guard (try? check(own, atLeast: 0)) == nil else { throw TrialFailure("a wrong row is not caught") }
        try own.execute("ROLLBACK; BEGIN; INSERT INTO item (version) VALUES (1);" + closing)
        guard (try? check(own, atLeast: 2)) == nil, try check(own, atLeast: 1) == 1 else {
            throw TrialFailure("an old snapshot is not caught")
        }
    }
}
