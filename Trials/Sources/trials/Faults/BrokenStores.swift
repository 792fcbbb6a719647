import LivechatJoin
import LivechatJoinTesting
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
        case .swallows:
            InterposedJoinStore(
                database,
                admit: { store, query, evaluate in
                    do {
                        return try await store.admit(query, evaluate)
                    } catch {
                        return try await store.decide(query, evaluate)
                    }
                }
            )
        case .hurries: Self.hurrying(database)
        }
    }

    /// It writes what it has answered when it is asked the next time.
    private static func hurrying(_ database: JoinDatabase) -> any JoinStore {
        typealias Admission = @Sendable () async throws -> JoinVerdict
        let waiting = Mutex<Admission?>(nil)
        return InterposedJoinStore(
            database,
            admit: { store, query, evaluate in
                let verdict = try await store.decide(query, evaluate)
                let earlier = waiting.withLock { waiting in
                    defer { waiting = { try await store.admit(query, evaluate) } }
                    return waiting
                }
                _ = try await earlier?()
                return verdict
            }
        )
    }
}
