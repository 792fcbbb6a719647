package import LivechatJoin

/// A store with all that its operators call: what a backend calls, explanations, fixtures, and health.
///
/// The command line is written against it.
package protocol OperatedStore: JoinAdministration, JoinLookups, JoinEventLog, SituationStore {
    /// The path of the file, or the address of the server without a password.
    var name: String { get }

    /// Puts a fixture into the database: all of it, in one transaction, or nothing.
    @discardableResult
    func load(
        merge: Bool,
        dryRun: Bool,
        fixture document: @escaping @Sendable (_ offset: Int) throws -> [UInt8]
    ) async throws -> FixtureSummary

    /// Puts into the database what another program has exported.
    @discardableResult
    func load(_ source: FixtureSource, dryRun: Bool) async throws -> FixtureSummary

    /// Writes the whole state as a fixture, in a stable order.
    func dump(
        progress: ((_ done: Int, _ total: Int) -> Void)?,
        to sink: @escaping ([UInt8]) throws -> Void
    ) async throws

    /// Gives the event log a new id, so that no cursor that was kept is good any more.
    @discardableResult
    func startNewEventLog() async throws(LivechatStoreError) -> String

    /// Checks that the database can be read and written.
    func checkHealth() async throws(LivechatStoreError)

    /// Takes no more work, waits for what was begun, and closes every connection.
    func close() async
}
