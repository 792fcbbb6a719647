public import LivechatPermissions
public import LivechatTokens
public import LivechatValues
internal import Logging

extension JoinService {
    /// Says why a join is answered as it is, and what would let the user in (contract C13).
    ///
    /// Nothing is written. The decision's own steps are evaluated on one snapshot, and those behind the one that
    /// decides as well. The host's rules are asked where no step before them refuses.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - room: The room.
    ///   - token: The token of the request; without one the first step asks whether the user could be logged in at all:
    ///     active, and with a token that has not expired. Pass `isVerified: true` to ask about the rest.
    ///   - isVerified: Whether the host has logged the user in itself, as with `JoinCredentials.verified(_:)`: no token
    ///     is asked about then.
    ///   - moment: The moment to ask about; now where there is none. It is what expiries are compared with, and what a
    ///     host's rule gets as ``JoinRule/Question/at``. The users, tokens, roles and rooms are those of now.
    ///   - id: What stands in the line that is logged when it fails, if anything.
    /// - Returns: Every step with its reason, and the smallest sets of changes after which the answer is 200.
    /// - Throws: ``JoinFailure`` when the store cannot be read, does not explain, or a rule throws.
    public func explain(
        user: LivechatUserID,
        room: LivechatRoomID,
        token: LivechatToken? = nil,
        isVerified: Bool = false,
        at moment: LivechatTimestamp? = nil,
        id: String? = nil
    ) async throws(JoinFailure) -> JoinExplanation {
        let moment = moment ?? evaluation.clock.now
        do {
            guard let store = store as? any SituationStore else { throw NoSituations() }
            func explain(_ refusal: JoinRule.Refusal?) async throws -> JoinExplanation {
                let explainer = Explainer(
                    user: user,
                    room: room,
                    digest: token?.digest,
                    isVerified: isVerified,
                    profile: profile,
                    at: moment,
                    hasRules: !rules.isEmpty,
                    ruleRefusal: refusal
                )
                return try await store.explain(explainer)
            }
            let explanation = try await explain(nil)
            guard !rules.isEmpty, explanation.steps.contains(where: { $0.step == .rules && $0.verdict == .passed }),
                let question = try await question(of: user, about: room, at: moment)
            else { return explanation }
            for rule in rules {
                if let refusal = try await rule.refusal(question) { return try await explain(refusal) }
            }
            return explanation
        } catch {
            let request = JoinRequest(.verified(user), roomID: .value(room))
            throw failure(of: error, "explain failed", request, id: id)
        }
    }

    private func question(
        of user: LivechatUserID,
        about room: LivechatRoomID,
        at moment: LivechatTimestamp
    ) async throws -> JoinRule.Question? {
        try await store.decide(JoinQuery(userID: user, roomID: room)) { facts in
            guard let found = try facts.room(room) else { return nil }
            let permissions = try facts.permissions(of: user, in: nil)
            return JoinRule.Question(user: user, permissions: permissions, room: found, at: moment)
        }
    }

    private struct NoSituations: Error, CustomStringConvertible {
        let description = "this store decides and does not explain: explain with JoinDatabase or InMemoryJoinStore"
    }
}
