import LivechatJoin
import LivechatPersistence
import Synchronization

/// A store with one thing wrong with it, for a checker to catch.
struct BrokenStore: JoinStore {
    enum Break: String, CaseIterable, Sendable {
        /// What was allowed on a snapshot is written without being evaluated again.
        case secondEvaluationOff = "the second evaluation switched off"
        /// Decisions are kept for a moment.
        case rememberedDecisions = "decisions remembered for 5 ms"
        /// A join is answered as soon as it is allowed, and written afterwards.
        case earlyAnswer = "joins answered before their commit"
    }

    let database: JoinDatabase
    let fault: Break
    private let memory = Memory()

    private final class Memory: Sendable {
        let decisions = Mutex<[String: (at: ContinuousClock.Instant, result: any Sendable)]>([:])
    }

    init(_ database: JoinDatabase, _ fault: Break) {
        self.database = database
        self.fault = fault
    }

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        guard fault == .rememberedDecisions else { return try await database.decide(query, evaluate) }
        let key = "\(Result.self) \(query.userID?.description ?? "") \(query.roomID?.description ?? "")"
        let known = memory.decisions.withLock { $0[key] }
        if let known, known.at.duration(to: .now) < .milliseconds(5), let result = known.result as? Result {
            return result
        }
        let result = try await database.decide(query, evaluate)
        memory.decisions.withLock { $0[key] = (.now, result) }
        return result
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        guard fault != .rememberedDecisions else { return try await database.admit(query, evaluate) }
        let verdict = try await database.decide(query) { facts in try evaluate(facts) }
        guard case .allowed(let admission) = verdict else { return verdict }
        if fault == .earlyAnswer {
            Task { try await database.admit(query, evaluate) }
            return verdict
        }
        do {
            return try await database.admit(query) { _ in verdict }
        } catch {
            // Two joins of one user: the second membership is refused by the schema.
            return .allowed(
                JoinAdmission(user: admission.user, room: admission.room, reason: .member, at: admission.at)
            )
        }
    }
}
