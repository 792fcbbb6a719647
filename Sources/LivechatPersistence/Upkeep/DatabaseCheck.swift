public import LivechatJoin

/// One thing about a database that was looked at, and what was found.
public struct DatabaseCheck: Hashable, Sendable {
    /// What was looked at, such as `foreign keys`.
    public let subject: String
    /// What was found.
    public let finding: String
    /// What to do about it; nil when all is well.
    public let remedy: String?

    /// Whether there is something worth knowing that is not a fault.
    public let isWarning: Bool

    /// Whether nothing is wrong.
    public var holds: Bool { remedy == nil }

    init(_ subject: String, _ finding: String, remedy: String? = nil, isWarning: Bool = false) {
        self.subject = subject
        self.finding = finding
        self.remedy = remedy
        self.isWarning = isWarning
    }
}

extension DatabaseCheck: CustomStringConvertible {
    /// One line, which begins with ✓, ! for a warning, or ✗.
    public var description: String {
        guard let remedy else { return "\(isWarning ? "!" : "✓") \(subject): \(finding)" }
        return "✗ \(subject): \(finding); \(remedy)"
    }
}

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
