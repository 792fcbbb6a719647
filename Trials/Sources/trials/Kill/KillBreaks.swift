import Foundation
import LivechatSQLite

/// Shows that the comparison after a kill finds what it looks for.
struct KillBreaks {
    private let context: TrialContext
    private let stock: String
    private let house = House()

    init(_ context: TrialContext, _ stock: String) {
        self.context = context
        self.stock = stock
    }

    func run() async throws -> [Tally] {
        let kills = try await earlyAnswers()
        let changes = try await changedRows()
        return [
            Tally(
                "kills until an engine that answers before the commit was found out",
                kills,
                "the comparison finds it"
            ),
            Tally("faults put into a database by hand", changes, "the comparison finds each"),
        ]
    }

    /// An engine that answers before the commit loses an acknowledged join within a few kills.
    private func earlyAnswers() async throws -> Int {
        var random = context.random(1)
        for kill in 1...20 {
            let folder = try TemporaryFolder()
            let path = folder.file("chat.db")
            try FileManager.default.copyItem(atPath: stock, toPath: path)
            var ledger = JoinLedger(house)
            let moment = Double.random(in: 0...60, using: &random)
            try ledger.add(try await Self.killWorker(path, "early", seed: random.next(), after: moment))
            if Self.isCaught(ledger, path) { return kill }
        }
        throw TrialFailure("an engine that answers before the commit was not found out in 20 kills")
    }

    /// What a crash could leave behind, done by hand to a database that is whole.
    private static let faults = [
        "DELETE FROM livechat_membership WHERE (room, user) IN (SELECT room, user FROM livechat_membership LIMIT 1)",
        "DELETE FROM livechat_event WHERE sequence = (SELECT min(sequence) FROM livechat_event WHERE kind = 'joined')",
        """
        INSERT INTO livechat_event (kind, at, room, user)
        SELECT kind, at, room, user FROM livechat_event WHERE kind = 'joined' ORDER BY sequence LIMIT 1
        """,
        """
        INSERT INTO livechat_membership (room, user, joined_at)
        SELECT room.key, user.key, 0 FROM livechat_room AS room, livechat_user AS user WHERE room.id = 'room-0' AND user.id = 'user-7'
        """,
    ]

    private func changedRows() async throws -> Int {
        var random = context.random(2)
        for fault in Self.faults {
            let folder = try TemporaryFolder()
            let path = folder.file("chat.db")
            try FileManager.default.copyItem(atPath: stock, toPath: path)
            var ledger = JoinLedger(house)
            try ledger.add(try await Self.killWorker(path, "engine", seed: random.next(), after: 20))
            guard !ledger.acknowledged.isEmpty else { throw TrialFailure("nobody joined") }
            try ledger.compare(path)
            let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 10_000))
            try connection.execute(fault)
            try connection.close()
            guard Self.isCaught(ledger, path) else { throw TrialFailure("the comparison does not find: \(fault)") }
        }
        return Self.faults.count
    }

    private static func isCaught(_ ledger: JoinLedger, _ path: String) -> Bool {
        do {
            try ledger.compare(path)
            return false
        } catch { return true }
    }

    /// Lets a process join, and for a while more, kills it, and returns what it has acknowledged.
    static func killWorker(
        _ path: String,
        _ mode: String,
        seed: UInt64,
        after milliseconds: Double
    ) async throws -> Load.Result {
        try await onThread {
            let process = try ChildProcess(ChildProcess.trials, ["worker", "joins", path, String(seed), mode])
            let isJoining = DispatchSemaphore(value: 0)
            let reading = Threads(1) { _ in JoinWorker.result(process, isJoining) }
            isJoining.wait()
            pass(milliseconds: milliseconds)
            process.signal(SIGKILL)
            _ = process.wait()
            return try reading.wait()[0]
        }
    }
}
