#if PostgreSQL
import LivechatJoin

@testable import LivechatPostgreSQL

/// The store with something between the two round trips of a join, once, and at each evaluation.
struct Between: JoinStore {
    let store: PostgreSQLJoinDatabase
    var onEvaluation: @Sendable () -> Void = {}
    let change: @Sendable () async throws -> Void

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result { try await store.decide(query, evaluate) }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict { try await store.admit(query, evaluate) }

    func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        var isFirst = true
        let counted: @Sendable (any JoinFacts) throws -> JoinVerdict = { facts in
            onEvaluation()
            return try evaluate(facts)
        }
        return try await store.settle(query, counted) {
            if isFirst { try await change() }
            isFirst = false
        }
    }
}
#endif
