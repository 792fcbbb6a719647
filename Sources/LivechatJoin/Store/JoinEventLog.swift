/// The durable, ordered log of what has been committed (contract C7).
public protocol JoinEventLog: Sendable {
    /// Reads the event log from a cursor on.
    ///
    /// Keep the sequence of the last event that was dealt with, and ask for what comes after it.
    ///
    /// - Parameters:
    ///   - sequence: The cursor; 0 reads from the beginning.
    ///   - limit: The most events to return, at least 1.
    /// - Returns: The events after the cursor, oldest first; none when there are no more yet.
    /// - Throws: When the store cannot be read.
    func events(after sequence: Int64, limit: Int) async throws(DatabaseError) -> [JoinEvent]
}

extension JoinEventLog {
    /// Reads the next 1,000 events after a cursor.
    ///
    /// - Parameter sequence: The cursor; 0 reads from the beginning.
    /// - Returns: The events after the cursor, oldest first; none when there are no more yet.
    /// - Throws: When the store cannot be read.
    public func events(after sequence: Int64) async throws(DatabaseError) -> [JoinEvent] {
        try await events(after: sequence, limit: 1_000)
    }
}
