import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// One run of a scenario with one fault, and what became of everybody who asked to be let in.
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
    /// How many times somebody was told that it did not work.
    private(set) var errors = 0
    /// How many were told so and are members all the same.
    private(set) var present = 0
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

    /// An error has to say what happened and where, and must not take a fault for something else.
    private func judge(_ error: any Error) throws {
        let cause = (error as? JoinFailure)?.cause ?? error
        guard let cause = cause as? DatabaseError else { throw error }
        let isClear = Self.codes.contains(cause.code) && "\(cause)".contains(stand.path)
        guard isClear, !"\(error)".contains("raw-") else {
            throw WrongAnswer("an unclear error: \(cause.code), \(error)")
        }
    }

    private static let codes: Set<DatabaseError.Code> = [.storage, .busy, .readOnly]

    // MARK: Afterwards

    /// The same open database has to work at once: every answer is right, and somebody can join.
    func checkOpen(_ database: JoinDatabase) async throws {
        let door = Door(database)
        guard try await door.askForRefusals() == 0 else { throw WrongAnswer("still unavailable after the fault") }
        try checkLockIsFree()
        guard try await door.join("u39") else { throw WrongAnswer("u39 was a member") }
        joined.insert("u39")
        try await database.checkHealth()
        let count = try await Ledger.count(database)
        let members = try await database.events(after: 0).map(\.userID.string)
        guard count == members.count, joined.isSubset(of: members) else {
            throw WrongAnswer("the room counts \(count ?? -1), its events are of \(members)")
        }
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

    /// What the file has, everything closed: who was let in is there, and who was not is not.
    func checkFile() async throws {
        let members = try await Ledger(stand.path).members
        let lost = joined.subtracting(members)
        guard lost.isEmpty else { throw WrongAnswer("joined and not there: \(lost.sorted())") }
        let others = members.subtracting(joined)
        guard others.isSubset(of: failed) else { throw WrongAnswer("members whom nobody let in: \(others.sorted())") }
        guard others.isEmpty || fault.leavesCommitsOpen else {
            throw WrongAnswer("failed and there: \(others.sorted())")
        }
        present += others.count
    }

    /// The next attempt works: the database opens, who failed joins now, and all is well.
    func checkNextAttempt() async throws {
        let database = try stand.open(mapped: mapped)
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
