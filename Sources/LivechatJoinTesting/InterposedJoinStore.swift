public import LivechatJoin

/// A store around another one, with something before, after or in place of its calls.
///
/// ```swift
/// // The room is closed between the two evaluations of a join.
/// let store = InterposedJoinStore(database, beforeAdmit: { _ in try await database.closeRoom("r1") })
/// ```
public struct InterposedJoinStore: JoinStore {
    /// A call of a store.
    public enum Call: Sendable {
        /// `JoinStore.decide(_:_:)`
        case decide
        /// `JoinStore.admit(_:_:)`
        case admit
        /// `JoinStore.settle(_:_:)`
        case settle
    }

    /// What happens beside a call; what it throws, the call throws.
    public typealias Interposition = @Sendable (Call, JoinQuery) async throws -> Void
    /// What happens in place of `decide`, whatever the evaluation returns; a result of another type is an error.
    public typealias Decide =
        @Sendable (
            _ store: any JoinStore,
            _ query: JoinQuery,
            _ evaluate: (any JoinFacts) throws -> any Sendable
        ) async throws -> any Sendable
    /// What happens in place of `admit` or `settle`.
    public typealias Write =
        @Sendable (
            _ store: any JoinStore,
            _ query: JoinQuery,
            _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
        ) async throws -> JoinVerdict

    private let store: any JoinStore
    private let before: Interposition
    private let after: Interposition
    private let insteadOfDecide: Decide
    private let insteadOfAdmit: Write
    private let insteadOfSettle: Write?

    /// Puts a store around another one.
    ///
    /// - Parameters:
    ///   - store: The other store.
    ///   - before: What happens before each call.
    ///   - after: What happens after each call that did not throw.
    ///   - decide: What happens in place of `decide`.
    ///   - admit: What happens in place of `admit`.
    ///   - settle: What happens in place of `settle`; nil is `decide` and `admit` of this store, one after the other.
    public init(
        _ store: any JoinStore,
        before: @escaping Interposition = { _, _ in },
        after: @escaping Interposition = { _, _ in },
        decide: @escaping Decide = { try await $0.decide($1, $2) },
        admit: @escaping Write = { try await $0.admit($1, $2) },
        settle: Write? = nil
    ) {
        self.store = store
        self.before = before
        self.after = after
        insteadOfDecide = decide
        insteadOfAdmit = admit
        insteadOfSettle = settle
    }

    /// Puts a store around another one in which something happens between the two evaluations of a join.
    ///
    /// - Parameters:
    ///   - store: The other store.
    ///   - beforeAdmit: What happens before `admit`.
    public init(_ store: any JoinStore, beforeAdmit: @escaping @Sendable (JoinQuery) async throws -> Void) {
        self.init(store, before: { call, query in if call == .admit { try await beforeAdmit(query) } })
    }

    /// Decides as the closures have it.
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await before(.decide, query)
        let returned = try await insteadOfDecide(store, query) { facts in try evaluate(facts) }
        guard let result = returned as? Result else { throw WrongResult() }
        try await after(.decide, query)
        return result
    }

    private struct WrongResult: Error, CustomStringConvertible {
        let description = "what happens in place of decide has returned another type than the evaluation does"
    }

    /// Admits as the closures have it.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await before(.admit, query)
        let verdict = try await insteadOfAdmit(store, query, evaluate)
        try await after(.admit, query)
        return verdict
    }

    /// Settles as the closures have it.
    public func settle(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await before(.settle, query)
        let verdict =
            if let insteadOfSettle {
                try await insteadOfSettle(store, query, evaluate)
            } else {
                try await decideAndAdmit(query, evaluate)
            }
        try await after(.settle, query)
        return verdict
    }

    private func decideAndAdmit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        let verdict = try await decide(query, evaluate)
        guard case .allowed(let admission) = verdict, admission.isNew else { return verdict }
        return try await admit(query, evaluate)
    }
}
