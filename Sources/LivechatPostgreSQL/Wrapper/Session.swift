#if PostgreSQL
/// A connection with the statements that were prepared on it.
final class Session {
    private let connection: Connection
    /// The names of statements by their text.
    private var prepared: [String: String] = [:]
    /// How long a statement may take.
    var patience: Duration
    /// When the newest proof was asked for that the server is the primary.
    private var proof: ContinuousClock.Instant?

    /// How long the proof that a server is the primary is good for: the first change on a new timeline waits longer.
    private static let lease = Duration.seconds(1)

    init(_ connection: consuming Connection, patience: Duration) {
        self.connection = connection
        self.patience = patience
    }

    /// Runs a statement, which is prepared the first time.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - values: The values of `$1`, `$2` and so on; each of the same type every time.
    ///   - deadline: When to give up; nil gives it the session's patience.
    /// - Returns: Its rows.
    /// - Throws: `PostgreSQLError`.
    @discardableResult
    func query(
        _ sql: String,
        _ values: [Value] = [],
        until deadline: ContinuousClock.Instant? = nil
    ) throws(PostgreSQLError) -> Rows {
        let deadline = deadline ?? .now + patience
        let name: String
        if let known = prepared[sql] {
            name = known
        } else {
            name = "s\(prepared.count)"
            try connection.prepare(name, sql, values.map(\.type), until: deadline)
            prepared[sql] = name
        }
        return try connection.execute(name, values, until: deadline)
    }

    /// Runs any number of statements without values.
    func run(script: String) throws(PostgreSQLError) {
        try connection.run(script: script, until: .now + patience)
    }

    /// Whether a commit was not confirmed by a standby since this was last asked.
    func takeUnconfirmed() -> Bool { connection.takeUnconfirmed() }

    // MARK: Lease

    /// Renews the lease when less than half of it is left.
    ///
    /// - Throws: `PostgreSQLError` when the server cannot show in time that it is the primary.
    func renewLease(until deadline: ContinuousClock.Instant? = nil) throws(PostgreSQLError) {
        try prove(atMost: Self.lease / 2, until: deadline)
    }

    /// Makes sure that what was read just now was the newest state.
    ///
    /// - Throws: `PostgreSQLError` when the server cannot show in time that it is the primary.
    func requireLease(until deadline: ContinuousClock.Instant? = nil) throws(PostgreSQLError) {
        try prove(atMost: Self.lease, until: deadline)
    }

    /// Has a standby confirm a commit: it stops following before it is promoted, so it was not promoted before.
    ///
    /// Where no standby is waited for, there is nothing to show.
    private func prove(atMost age: Duration, until deadline: ContinuousClock.Instant?) throws(PostgreSQLError) {
        let now = ContinuousClock.now
        // What an open transaction reads was read when it began.
        if let proof, proof + age > now { return }
        guard connection.isIdle else { return }
        _ = takeUnconfirmed()
        do {
            try query(
                """
                SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
                    THEN pg_logical_emit_message(true, 'livechat', '') END
                """,
                until: min(deadline ?? now + Self.lease, now + Self.lease)
            )
        } catch {
            guard error.kind == .late else { throw error }
            // The server would wait for its standby for ever, and run out of connections. Nothing is lost with this commit.
            connection.cancel()
            throw .unproven
        }
        if takeUnconfirmed() { throw .unproven }
        proof = now
    }

    /// Runs work that reads, in one snapshot of the newest committed state.
    func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        let result = try transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
        try requireLease()
        return result
    }

    /// Runs work in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Where the connection is lost before the commit was sent, nothing was written, and the error says so.
    func transaction<Result>(_ beginning: String = "BEGIN", _ body: () throws -> Result) throws -> Result {
        let result: Result
        do {
            try run(script: beginning)
            result = try body()
        } catch let error as PostgreSQLError where error.endsConnection {
            throw PostgreSQLError(.notConnected, error.message, state: error.state)
        } catch {
            try run(script: "ROLLBACK")
            throw error
        }
        try run(script: "COMMIT")
        return result
    }
}
#endif
