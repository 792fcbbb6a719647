/// A request that could not be decided because something failed beneath the rules.
///
/// Nothing was written, unless the code is ``Code/outcomeUnknown``.
public struct JoinFailure: Error, Sendable {
    /// What failed; a struct, so that a new code breaks nobody's `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The code in words.
        public let description: String

        /// The store could not be read or written.
        public static let storeUnavailable = Code(description: "the store is unavailable")
        /// One of the embedder's own rules threw.
        public static let ruleFailed = Code(description: "one of the embedder's rules failed")
        /// The connection to the store broke during the commit: the join may have been written, and asking again is
        /// safe.
        public static let outcomeUnknown = Code(description: "the outcome of the join is unknown")
    }

    /// What failed.
    public let code: Code
    /// The error underneath, for logs and never for clients.
    public let cause: any Error
}

extension JoinFailure {
    /// Says what failed: the store, where a rule has not said so already.
    init(of error: any Error) {
        let isUnknown = (error as? LivechatStoreError)?.code == .outcomeUnknown
        let code = isUnknown ? Code.outcomeUnknown : .storeUnavailable
        self = error as? JoinFailure ?? JoinFailure(code: code, cause: error)
    }

    private struct UnsettledRules: Error, CustomStringConvertible {
        let description = "the store asked for rules that had been asked already"
    }

    /// A store gave back a verdict that no evaluation comes to; nobody may pass the rules by.
    static let unsettledRules = JoinFailure(code: .ruleFailed, cause: UnsettledRules())
}

extension JoinFailure: CustomStringConvertible {
    /// What failed and why, for logs and never for clients.
    public var description: String { "\(code): \(cause)" }
}
