public import LivechatJoin

// The calls stand by their subject in the files beside this one; what they promise is said in the protocol.
extension JoinDatabase: JoinAdministration {}

extension JoinDatabase {
    /// Runs one call in the next shared transaction.
    @discardableResult
    func change<Result: Sendable>(
        _ body: @escaping @Sendable (WriterSession) throws -> Result
    ) async throws(DatabaseError) -> Result {
        do {
            return try await writer.write(body)
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }
}
