/// One thing about a database that was looked at, and what was found.
public struct DatabaseCheck: Hashable, Sendable {
    /// What was looked at, such as `foreign keys`.
    public let subject: String
    /// What was found.
    public let finding: String
    /// What to do about it; nil when all is well.
    public let remedy: String?

    /// Whether all is well.
    public var holds: Bool { remedy == nil }

    init(_ subject: String, _ finding: String, remedy: String? = nil) {
        self.subject = subject
        self.finding = finding
        self.remedy = remedy
    }
}

extension DatabaseCheck: CustomStringConvertible {
    /// One line, which begins with ✓ or ✗.
    public var description: String {
        guard let remedy else { return "✓ \(subject): \(finding)" }
        return "✗ \(subject): \(finding); \(remedy)"
    }
}

extension JoinDatabase {
    /// Looks a whole database over, on one snapshot and without writing: its schema, every page and constraint, what
    /// refers to what, the settings and the event log, and the version of SQLite.
    ///
    /// It reads all of the file, which takes its time, and runs beside those who use it.
    ///
    /// - Parameter path: The database.
    /// - Returns: What was looked at, each with what to do where something is wrong.
    /// - Throws: ``DatabaseError`` when there is no database of this program's to look at.
    public static func check(path: String) async throws -> [DatabaseCheck] {
        try await offThread { try DatabaseChecker(path: path).run() }
    }
}
