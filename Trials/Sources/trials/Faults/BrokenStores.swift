import LivechatJoin
import LivechatPersistence
import Synchronization

/// Breaks of the engine that have to be caught.
enum Break: String, CaseIterable, Sendable {
    case none
    /// A store that takes an error for success.
    case swallows = "swallows an error of the disk"
    /// A store that answers before the commit.
    case hurries = "answers before the commit"

    func around(_ database: JoinDatabase) -> any JoinStore {
        switch self {
        case .none: database
        case .swallows: SwallowingStore(database: database)
        case .hurries: HurryingStore(database)
        }
    }
}

private struct SwallowingStore: JoinStore {
    let database: JoinDatabase

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
        do {
            return try await database.admit(query, evaluate)
        } catch {
            return try await database.decide(query) { facts in try evaluate(facts) }
        }
    }
}

/// It writes what it has answered when it is asked the next time.
private final class HurryingStore: JoinStore {
    private typealias Admission = @Sendable () async throws -> JoinVerdict

    private let database: JoinDatabase
    private let waiting = Mutex<Admission?>(nil)

    init(_ database: JoinDatabase) { self.database = database }

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
        let database = database
        let verdict = try await database.decide(query) { facts in try evaluate(facts) }
        let earlier = waiting.withLock { waiting in
            defer { waiting = { try await database.admit(query, evaluate) } }
            return waiting
        }
        _ = try await earlier?()
        return verdict
    }
}
