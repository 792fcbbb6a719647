public import LivechatFixture
public import LivechatJoin

extension JoinDatabase {
    /// Looks a whole database over, on one snapshot and without writing: its schema, every page and constraint, what
    /// refers to what, the settings and the event log, and the version of SQLite.
    ///
    /// It reads the whole file, which can take a while, and can run beside others.
    ///
    /// ```swift
    /// for check in try await JoinDatabase.check(path: "chat.db") where !check.holds { print(check) }
    /// ```
    ///
    /// - Parameter path: The database.
    /// - Returns: What was looked at, each with what to do where something is wrong.
    /// - Throws: `LivechatStoreError` when there is no database of this program's to look at.
    public static func check(path: String) async throws(LivechatStoreError) -> [DatabaseCheck] {
        try await offThread(path) { try DatabaseChecker(path: path).run() }
    }
}
