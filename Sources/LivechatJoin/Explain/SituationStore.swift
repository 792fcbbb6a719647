package import LivechatPermissions
package import LivechatTokens

/// A store that can lay open what the decision is made on: to explain one (contract C13), and to ask it about every
/// user or every room (contract C14).
package protocol SituationStore: JoinStore {
    /// Explains on one consistent snapshot of the newest committed state.
    ///
    /// - Throws: When the store cannot be read.
    func explain(_ explainer: Explainer) async throws(LivechatStoreError) -> JoinExplanation

    /// Judges users as they stand to a room, in the order of their ids, on one snapshot.
    ///
    /// - Parameters:
    ///   - page: Which users; the limit counts those that have an answer.
    ///   - room: The room; nil where none matters.
    ///   - judge: Gives an answer, or nil. It may look at nothing but the facts: users with the same facts have the
    ///     same answer, and not each of them is judged.
    /// - Returns: The users with an answer.
    /// - Throws: When the store cannot be read.
    func users<Answer: Sendable>(
        _ page: LivechatPage<LivechatUserID>,
        standingTo room: LivechatRoomID?,
        _ judge: (LivechatUserID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatUserID, Answer)]

    /// Judges rooms of every kind as a user stands to them, in the order of their ids, on one snapshot.
    ///
    /// - Parameters:
    ///   - page: Which rooms; the limit counts those that have an answer.
    ///   - user: The user.
    ///   - judge: Gives an answer, or nil; as with users.
    /// - Returns: The rooms with an answer.
    /// - Throws: When the store cannot be read.
    func rooms<Answer: Sendable>(
        _ page: LivechatPage<LivechatRoomID>,
        standingTo user: LivechatUserID,
        _ judge: (LivechatRoomID, any JoinFacts) throws -> Answer?
    ) async throws(LivechatStoreError) -> [(LivechatRoomID, Answer)]
}
