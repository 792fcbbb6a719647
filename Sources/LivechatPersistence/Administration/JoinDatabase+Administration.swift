internal import LivechatFixture
public import LivechatJoin

// The calls stand by their subject in the files beside this one; what they promise is said in the protocol.
extension JoinDatabase: JoinAdministration {}

extension JoinDatabase {
    /// Runs one call in the next shared transaction, and records the actor of the caller's task.
    ///
    /// - Parameters:
    ///   - isAlone: Whether it takes long, and has a transaction of its own.
    ///   - body: The call; it may run more than once, and only its last run is kept.
    /// - Returns: What the run that is kept has returned.
    /// - Throws: `LivechatStoreError` with what `body` refuses, or why the transaction could not be committed.
    @discardableResult
    func change<Result: Sendable>(
        isAlone: Bool = false,
        _ body: @escaping @Sendable (ChangeSession) throws -> Result
    ) async throws(LivechatStoreError) -> Result {
        let (at, by) = (clock.now.writable, JoinActor.current)
        do {
            return try await writer.write(isAlone: isAlone) { writer in
                try body(ChangeSession(writer: writer, at: at, by: by))
            }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }
}

extension JoinDatabase: OperatedStore {
    /// The path of the file.
    package var name: String { path }
}
