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

    package init(_ subject: String, _ finding: String, remedy: String? = nil, isWarning: Bool = false) {
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
