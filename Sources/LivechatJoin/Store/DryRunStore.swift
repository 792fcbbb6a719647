/// A store that decides as another one does and joins nobody.
///
/// ```swift
/// let service = JoinService(store: DryRunStore(database))
/// let outcome = try await service.join(JoinRequest(.verified(user), roomID: .value(room)))
/// ```
public struct DryRunStore: JoinStore {
    private let store: any JoinStore

    /// Puts a store around another one.
    ///
    /// - Parameter store: The other store, which is only asked to decide.
    public init(_ store: any JoinStore) { self.store = store }

    /// Decides as the other store does.
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result { try await store.decide(query, evaluate) }

    /// Decides where the other store would write.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict { try await store.decide(query, evaluate) }
}
