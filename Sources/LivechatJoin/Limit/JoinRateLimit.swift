public import LivechatValues

/// How many requests of one client are taken in a window of time (contract C10).
///
/// ```swift
/// let limit = JoinRateLimit("10/60")
/// ```
public struct JoinRateLimit: Hashable, Sendable {
    /// How many requests a client has in a window, at least 1.
    public let requests: Int
    /// How long a window lasts, in whole seconds, at least 1.
    ///
    /// A window begins with the client's first request.
    public let seconds: Int

    /// How many requests a client has where nothing else is said: 10 in 60 seconds.
    public static let defaultRequests = JoinRateLimit(requests: 10)
    /// How many failed logins a client has where nothing else is said: 30 in 60 seconds.
    public static let defaultLogins = JoinRateLimit(requests: 30)
    /// The longest window in seconds, some 115 days.
    public static let maximumSeconds = 10_000_000

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - requests: How many requests a client has in a window; less than 1 counts as 1.
    ///   - seconds: How long a window lasts, 1 second to ``maximumSeconds``; what lies outside counts as the nearest.
    public init(requests: Int, seconds: Int = 60) {
        self.requests = max(1, requests)
        self.seconds = min(max(1, seconds), Self.maximumSeconds)
    }

    /// Reads a limit as the command line takes it: `10/60`, or `10` for a window of 60 seconds.
    ///
    /// It is nil when the text is anything else.
    ///
    /// - Parameter text: Requests and seconds, both positive numbers in decimal digits, the latter up to
    ///   ``maximumSeconds``.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil }
        guard numbers.count == parts.count, numbers.allSatisfy({ $0 > 0 }), let requests = numbers.first else {
            return nil
        }
        guard numbers.count == 2 else {
            self.init(requests: requests)
            return
        }
        guard numbers[1] <= Self.maximumSeconds else { return nil }
        self.init(requests: requests, seconds: numbers[1])
    }

    /// What a client has left of its budget (contract C10); sent as three headers.
    public struct Standing: Hashable, Sendable {
        /// `X-RateLimit-Limit`: the requests of a window.
        public let limit: Int
        /// `X-RateLimit-Remaining`: how many of them are left.
        public let remaining: Int
        /// `X-RateLimit-Reset`: when the window ends.
        public let reset: LivechatTimestamp

        /// The three header fields, as they are sent.
        public var headerFields: [(name: String, value: String)] {
            Array(zip(Self.headerNames, ["\(limit)", "\(remaining)", "\(reset.milliseconds)"]))
        }

        package static let headerNames = ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]
    }
}

extension JoinRateLimit: CustomStringConvertible {
    /// The limit as the command line takes it.
    public var description: String { "\(requests)/\(seconds)" }
}
