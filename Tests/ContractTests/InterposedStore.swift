import LivechatJoin
import LivechatPersistence

/// A store in which something happens after the last look at the facts and before the transaction that writes.
struct InterposedStore: JoinStore {
    let database: JoinDatabase
    let beforeWriting: @Sendable () async throws -> Void

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await database.decide(query, evaluate)
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await beforeWriting()
        return try await database.admit(query, evaluate)
    }
}
