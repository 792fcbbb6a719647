/// A store that can give the facts of one user and one room as values, for explaining a decision (contract C13).
package protocol SituationStore: JoinStore {
    /// Explains on one consistent snapshot of the newest committed state.
    ///
    /// - Throws: When the store cannot be read.
    func explain(_ explainer: Explainer) async throws(DatabaseError) -> JoinExplanation
}
