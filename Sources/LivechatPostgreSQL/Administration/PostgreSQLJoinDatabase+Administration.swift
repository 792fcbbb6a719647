#if PostgreSQL
internal import LivechatFixture
public import LivechatJoin

// The calls stand by their subject in the files beside this one; what they promise is said in the protocol.
extension PostgreSQLJoinDatabase: JoinAdministration {}

extension PostgreSQLJoinDatabase: OperatedStore {
    /// The address without its password.
    package var name: String { address.description }
}

extension PostgreSQLJoinDatabase {
    /// How often a transaction is tried that met another one.
    private static let mostAttempts = 5

    /// Runs one call in a transaction, and records the actor of the caller's task.
    ///
    /// - Parameter body: The call; it may run more than once, and only its last run is kept.
    /// - Returns: What the run that is kept has returned.
    /// - Throws: `LivechatStoreError` with what `body` refuses, or why the transaction could not be committed.
    @discardableResult
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (ChangeSession) throws -> Result
    ) async throws(LivechatStoreError) -> Result {
        let (at, by) = (clock.now.writable, JoinActor.current)
        var attempt = 1
        while true {
            do {
                return try await work.run { session in
                    try session.transaction {
                        let change = ChangeSession(session, at: at, by: by)
                        let result = try body(change)
                        try change.appendEvents()
                        return result
                    }
                }
            } catch {
                attempt += 1
                guard let error = error as? PostgreSQLError else { throw LivechatStoreError(error, address) }
                guard attempt <= Self.mostAttempts,
                    error.isConflict || error.isForeignKey || error.isWorthAnotherConnection && attempt == 2
                else {
                    throw error.isForeignKey
                        ? .referredTo("\(address)", error.message) : LivechatStoreError(error, address)
                }
            }
        }
    }

    /// Runs one look-up on the newest committed state.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (Session) throws -> Result
    ) async throws(LivechatStoreError) -> Result {
        let reading: @Sendable (Session) throws -> Result = { session in
            let result = try body(session)
            try session.requireLease()
            return result
        }
        do {
            do {
                return try await work.run(reading)
            } catch let error as PostgreSQLError where error.endsConnection && error.kind != .notConnected {
                // The server has been restarted since, perhaps.
                return try await work.run(reading)
            }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }
}

extension PostgreSQLError {
    /// Whether a foreign key refused it: the user, room or role was removed after its key was looked up, and a second
    /// look-up then names it; or a table of the host's refers to what was to be removed.
    fileprivate var isForeignKey: Bool { state == "23503" || state == "23001" }

    /// Whether the connection was lost before the transaction could be committed.
    fileprivate var isWorthAnotherConnection: Bool { endsConnection && !leavesOutcomeOpen }
}
#endif
