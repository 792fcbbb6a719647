import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// One run of a scenario with one fault, and what became of every request to join.
final class Attempt {
    let stand: Stand
    let fault: Fault
    let nth: Int
    let lasts: Bool
    /// Whether the file is read through a mapping.
    let mapped: Bool
    /// What stands between the door and the database: nothing, or a break of ours that has to be caught.
    let around: @Sendable (JoinDatabase) -> any JoinStore

    private(set) var calls = 0
    private(set) var failedCalls = 0
    /// How many calls were answered with an error.
    private(set) var errors = 0
    /// How many joins were answered with an error and are there all the same.
    private(set) var present = 0
    /// Whether the database answered errors until it was opened again, as it has to after a failed sync.
    private(set) var hasStopped = false
    /// Whether the only syncs are those of another file, which concern the database as little as any other error.
    var syncsCopiesOnly = false
    /// What else has to hold when the database is opened again.
    var afterRestart: ((JoinDatabase) async throws -> Void)?
    /// Whether some who shared a commit were let in and some were not.
    var isSplit = false
    private(set) var joined: Set<String> = []
    private(set) var failed: Set<String> = []

    init(
        _ stand: Stand,
        _ fault: Fault,
        nth: Int,
        lasts: Bool,
        mapped: Bool,
        around: @escaping @Sendable (JoinDatabase) -> any JoinStore
    ) {
        self.stand = stand
        self.fault = fault
        self.nth = nth
        self.lasts = lasts
        self.mapped = mapped
        self.around = around
    }

    /// Runs work while calls fail.
    ///
    /// - Returns: What it returned, or nil when it failed with an error that says what happened and where.
    func faulty<Result>(_ body: () async throws -> Result) async throws -> Result? {
        try fault.arm(stand, nth: nth, lasts: lasts)
        let errorsBefore = errors
        defer {
            let known = fault.disarm(stand)
            calls = max(calls, known?.calls ?? Fault.mostPages)
            failedCalls += known?.failed ?? (errors - errorsBefore)
        }
        do {
            return try await body()
        } catch {
            try judge(error)
            errors += 1
            return nil
        }
    }

    /// Lets a user of the crowd ask, and remembers the answer.
    func join(_ user: String, _ door: Door) async throws {
        do {
            note(user, try await door.join(user))
        } catch {
            try noteFailure(of: user, error)
        }
    }

    func note(_ user: String, _ hasJoined: Bool) {
        joined.insert(user)
    }

    func noteFailure(of user: String, _ error: any Error) throws {
        try judge(error)
        errors += 1
        failed.insert(user)
    }

    func noteErrors(_ count: Int) { errors += count }

    /// An error has to say what happened and to which file, and must not take a fault for something else.
    private func judge(_ error: any Error) throws {
        let cause = (error as? JoinFailure)?.cause ?? error
        guard let cause = cause as? LivechatStoreError else { throw error }
        let isClear = Self.codes.contains(cause.code) && "\(cause)".contains(stand.folder)
        guard isClear, !"\(error)".contains("raw-") else {
            throw WrongAnswer("an unclear error: \(cause.code), \(error)")
        }
    }

    private static let codes: Set<LivechatStoreError.Code> = [.storage, .busy, .readOnly, .failedSync, .diskFull]

    // MARK: Afterwards

    /// The same open database has to work at once: every answer is right, and somebody can join.
    ///
    /// After a failed sync it has to answer nothing but errors.
    func checkOpen(_ database: JoinDatabase) async throws {
        let door = Door(database)
        if try await stops(door) { return try await checkStopped(database, door) }
        guard try await door.askForRefusals() == 0 else { throw WrongAnswer("still unavailable after the fault") }
        try checkLockIsFree()
        guard try await door.join("u39") else { throw WrongAnswer("u39 was a member") }
        joined.insert("u39")
        try await database.checkHealth()
        let count = try await Ledger.count(database)
        let members = try await database.events(after: 0, kinds: [.joined]).compactMap(\.userID?.string)
        guard count == members.count, joined.isSubset(of: members) else {
            throw WrongAnswer("the room counts \(count ?? -1), its events are of \(members)")
        }
    }

    /// Whether the database answers nothing but errors.
    private func stops(_ door: Door) async throws -> Bool {
        guard fault.failsSyncs, failedCalls > 0 else { return false }
        let mustStop = fault == .sync && !syncsCopiesOnly
        let start = ContinuousClock.now
        while true {
            let unavailable = try await door.askForRefusals()
            if unavailable == Door.refusals.count { return true }
            // A checkpoint may have failed on its own thread, and a reader may keep its snapshot for 20 ms.
            if start.milliseconds > (mustStop ? 2_000 : 50) {
                guard unavailable == 0, !mustStop else { throw WrongAnswer("decided after a sync that failed") }
                return false
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func checkStopped(_ database: JoinDatabase, _ door: Door) async throws {
        guard !syncsCopiesOnly else { throw WrongAnswer("unavailable after a sync of another file") }
        hasStopped = true
        for ask in [{ _ = try await door.join("u39") }, { _ = try await database.dump() }, database.checkHealth] {
            do { try await ask() } catch {
                let cause = (error as? JoinFailure)?.cause ?? error
                if (cause as? LivechatStoreError)?.code == .failedSync { continue }
                throw error
            }
            throw WrongAnswer("something is answered after a sync that failed")
        }
        try checkLockIsFree()
    }

    /// Work that failed must not keep others from writing until this database has its next write.
    private func checkLockIsFree() throws {
        let other = try Connection(path: stand.path, options: .init(access: .readWrite, busyTimeout: 2_000))
        do throws(SQLiteError) {
            try other.execute("BEGIN IMMEDIATE; ROLLBACK")
        } catch {
            throw WrongAnswer("another program cannot write after the fault: \(error)")
        }
    }

    /// What the file has, everything closed: every join that was acknowledged is there, and none that was not.
    func checkFile() async throws {
        let members = try await Ledger(stand.path).members
        let lost = joined.subtracting(members)
        guard lost.isEmpty else { throw WrongAnswer("joined and not there: \(lost.sorted())") }
        let others = members.subtracting(joined)
        guard others.isSubset(of: failed) else { throw WrongAnswer("members who were not let in: \(others.sorted())") }
        guard others.isEmpty || fault.leavesCommitsOpen else {
            throw WrongAnswer("failed and there: \(others.sorted())")
        }
        present += others.count
    }

    /// The next attempt works: the database opens, joins that failed succeed now, and all is well.
    func checkNextAttempt() async throws {
        let database = try stand.open(mapped: mapped)
        try await afterRestart?(database)
        let door = Door(database)
        for user in failed.sorted() {
            _ = try await door.join(user)
            joined.insert(user)
        }
        failed = []
        if try await door.join("u38") { joined.insert("u38") }
        guard try await door.askForRefusals() == 0 else { throw WrongAnswer("unavailable after a new start") }
        await database.close()
        try await checkFile()
    }
}
