#if PostgreSQL
/// A connection with the statements that were prepared on it.
final class Session {
    private let connection: Connection
    /// The names of statements by their text.
    private var prepared: [String: String] = [:]
    /// How long a statement may take.
    var patience: Duration

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
