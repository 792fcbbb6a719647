#if PostgreSQL
public import LivechatJoin
public import Logging

/// The store of the engine in a PostgreSQL database: decisions, joins, and the writes that a backend needs.
///
/// ```swift
/// let database = try await PostgreSQLJoinDatabase("postgres://chat@db.example/chat")
/// let service = JoinService(store: database)
/// ```
///
/// Any number of processes may share one database. A decision is one round trip and a join two, each shared with all
/// that wait at the same time. A connection does not survive `fork`: open the database after it.
public final class PostgreSQLJoinDatabase: JoinStore, Sendable {
    /// Where the time of administration comes from.
    public let clock: LivechatClock
    let address: Address
    let options: Options
    private let memory = GrantMemory()
    private let decisions: Decisions
    private let joins: Joins
    /// For administration and look-ups.
    let work: Line

    /// Opens a database.
    ///
    /// - Parameters:
    ///   - address: `postgres://USER@HOST:PORT/DATABASE`, with any parameter of libpq's, or any other connection string
    ///     that it reads. Several hosts are tried for the one that is the primary.
    ///   - options: How it is opened.
    ///   - clock: Where the time of administration comes from; a join takes its time from the `JoinService`.
    ///   - logger: Receives the address when it is opened; never a password.
    /// - Throws: `LivechatStoreError` when the database cannot be reached, or its schema is not the program's.
    public init(
        _ address: String,
        options: Options = Options(),
        clock: LivechatClock = .system,
        logger: Logger = Logger(label: "livechat-join")
    ) async throws(LivechatStoreError) {
        let address = try Address(address)
        self.address = address
        self.options = options
        self.clock = clock
        decisions = Decisions(address, lines: options.decisionConnections, patience: options.patience, memory)
        joins = Joins(address, patience: options.patience, options.durability)
        work = Line(address, .work(options.durability))
        let migrator = Migrator(address: address, clock: clock)
        do {
            if options.schema == .migrate {
                _ = try await Self.bulk(address) { session in try migrator.migrate(session) }
            }
            try await work.run { session in try migrator.requireCurrent(session) }
        } catch {
            throw LivechatStoreError(error, address)
        }
        logger.debug("opened", metadata: ["database": "\(address)"])
    }

    /// Makes the schema when it is missing, and brings an older one up to date.
    ///
    /// - Parameters:
    ///   - address: The database, as ``init(_:options:clock:logger:)`` takes it; it has to exist.
    ///   - withDefaultGrants: Whether a new schema gets the default roles and grants (contract C5).
    ///   - clock: Where the time of the migration comes from.
    /// - Returns: The names of the migrations that were applied now; none when the schema was up to date.
    /// - Throws: `LivechatStoreError`; a schema that is newer is not touched.
    public static func migrate(
        _ address: String,
        withDefaultGrants: Bool = true,
        clock: LivechatClock = .system
    ) async throws(LivechatStoreError) -> [String] {
        let address = try Address(address)
        let migrator = Migrator(address: address, clock: clock)
        do {
            return try await bulk(address) { session in
                try migrator.migrate(session, withDefaults: withDefaultGrants)
            }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }

    /// Takes no more work, waits for what was begun, and closes every connection.
    public func close() async {
        await decisions.close()
        await joins.close()
        await work.close()
    }

    /// Checks that the database can be read and written, for a health check.
    ///
    /// - Throws: `LivechatStoreError` that says which of these fails.
    public func checkHealth() async throws(LivechatStoreError) {
        let migrator = Migrator(address: address, clock: clock)
        do {
            try await work.run { session in
                try migrator.requireCurrent(session)
                // It locks nothing that a join needs, and goes to the disk as a join does.
                try session.query("UPDATE livechat_timeline SET key = key")
            }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }

    /// Runs work on a connection of its own, which may take as long as the database is large.
    static func bulk<Result: Sendable>(
        _ address: Address,
        _ durability: Options.Durability = .full,
        _ work: @escaping @Sendable (Session) throws -> Result
    ) async throws -> Result {
        let line = Line(address, .bulk(durability))
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await line.run(work))
        } catch {
            result = .failure(error)
        }
        await line.close()
        return try result.get()
    }

    // MARK: JoinStore

    /// Evaluates on one snapshot of the newest committed state.
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        let facts: Facts
        do {
            facts = try await decisions.facts(query)
        } catch {
            throw LivechatStoreError(error, address)
        }
        return try evaluate(facts)
    }

    /// Decides, and writes the admission that is allowed.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await settle(query, evaluate)
    }

    /// Decides, and joins where the verdict allows a user who is not a member: two round trips, and one more pair each
    /// time that something has moved in between.
    public func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await settle(query, evaluate, between: {})
    }

    // `between` runs between the two round trips.
    func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict,
        between: () async throws -> Void
    ) async throws -> JoinVerdict {
        var query = query
        query.purposes.insert(Facts.versions)
        let deadline = ContinuousClock.now + options.patience
        let attempt = Self.newAttempt()
        var lastMoment: LivechatTimestamp?
        var pause = Duration.zero
        while true {
            let (verdict, facts, evaluated) = try await decide(query) { facts in
                (try evaluate(facts), facts as? Facts, ContinuousClock.now)
            }
            guard case .allowed(let admission) = verdict, admission.isNew else { return verdict }
            guard let facts, let versions = facts.versions else {
                throw LivechatStoreError(.storage, "a join was allowed on facts that are not this store's")
            }
            try await between()
            let left = facts.expiry.map { $0.milliseconds - admission.at.milliseconds }
            // A token that the server let expire, while the clock of the decisions stood still, is good by that clock.
            let isStill = lastMoment == admission.at
            lastMoment = admission.at
            let join = PendingJoin(
                admission: admission,
                versions: versions,
                validUntil: isStill ? nil : left.map { evaluated + .milliseconds($0) },
                attempt: attempt
            )
            if try await write(join, until: deadline) { return verdict }
            guard .now + pause < deadline else { throw LivechatStoreError.busyRows(address) }
            // Decided again at once the first time; a row that is still being changed after that takes longer.
            if pause > .zero { try? await Task.sleep(for: pause) }
            pause = min(max(pause * 2, .milliseconds(5)), .milliseconds(100))
        }
    }

    /// Writes a join, again and again where a lock or the connection was lost, until the deadline.
    private func write(
        _ join: PendingJoin,
        until deadline: ContinuousClock.Instant
    ) async throws(LivechatStoreError) -> Bool {
        var isOpen = false
        var pause = Duration.milliseconds(5)
        while true {
            do {
                return try await joins.write(join, until: deadline)
            } catch {
                guard let failure = error as? PostgreSQLError else { throw LivechatStoreError(error, address) }
                isOpen = isOpen || failure.leavesOutcomeOpen
                let isWorthwhile = failure.isConflict || failure.kind == .unproven || failure.endsConnection && isOpen
                guard isWorthwhile, .now + pause < deadline else {
                    throw isOpen ? .outcomeUnknown(address, failure) : LivechatStoreError(failure, address)
                }
            }
            // The task may have been cancelled; what it has begun still has to be known.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    private static func newAttempt() -> Value.UUIDBytes {
        var generator = SystemRandomNumberGenerator()
        // Two calls into the kernel, not one for each byte.
        return [generator.next(), generator.next()].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }
}

extension LivechatStoreError {
    static func outcomeUnknown(_ address: Address, _ error: PostgreSQLError) -> LivechatStoreError {
        LivechatStoreError(
            .outcomeUnknown,
            "\(address) was lost during a commit (\(error)), which may have been made: asking again is safe"
        )
    }

    /// What a join was decided on did not stand still for long enough to write it, or somebody held it.
    static func busyRows(_ address: Address) -> LivechatStoreError {
        LivechatStoreError(.busy, "\(address): the room, the user or the grants are being changed; try again")
    }
}
#endif
