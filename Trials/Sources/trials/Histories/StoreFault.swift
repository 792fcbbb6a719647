import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Synchronization

/// One thing that is wrong with a store, for a checker to catch.
enum StoreFault: String, CaseIterable, Sendable {
    /// What was allowed on a snapshot is written without being evaluated again.
    case secondEvaluationOff = "the second evaluation switched off"
    /// Decisions are kept for a moment.
    case rememberedDecisions = "decisions remembered for 5 ms"
    /// A join is answered as soon as it is allowed, and written afterwards.
    case earlyAnswer = "joins answered before their commit"

    func around(_ database: JoinDatabase) -> any JoinStore {
        switch self {
        case .rememberedDecisions: Self.remembering(database)
        case .secondEvaluationOff:
            InterposedJoinStore(
                database,
                admit: { store, query, evaluate in
                    let verdict = try await store.decide(query, evaluate)
                    guard case .allowed(let admission) = verdict else { return verdict }
                    do {
                        return try await store.admit(query) { _ in verdict }
                    } catch {
                        // Two joins of one user: the second membership is refused by the schema.
                        let (user, room, at) = (admission.user, admission.room, admission.at)
                        return .allowed(JoinAdmission(user: user, room: room, reason: .member, at: at))
                    }
                }
            )
        case .earlyAnswer:
            InterposedJoinStore(
                database,
                admit: { store, query, evaluate in
                    let verdict = try await store.decide(query, evaluate)
                    if case .allowed = verdict { Task { try await store.admit(query, evaluate) } }
                    return verdict
                }
            )
        }
    }

    private static func remembering(_ database: JoinDatabase) -> any JoinStore {
        let decisions = Mutex<[String: (at: ContinuousClock.Instant, result: any Sendable)]>([:])
        return InterposedJoinStore(
            database,
            decide: { store, query, evaluate in
                let key = "\(query.userID?.description ?? "") \(query.roomID?.description ?? "")"
                let known = decisions.withLock { $0[key] }
                if let known, known.at.duration(to: .now) < .milliseconds(5) { return known.result }
                let result = try await store.decide(query, evaluate)
                decisions.withLock { $0[key] = (.now, result) }
                return result
            }
        )
    }
}
