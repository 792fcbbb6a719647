/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
public struct LivechatTimestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; negative before it.
    public let milliseconds: Int64

    /// Takes milliseconds since the epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Whether one is earlier than the other.
    public static func < (one: Self, other: Self) -> Bool { one.milliseconds < other.milliseconds }

    /// The moment that lies this many days later.
    ///
    /// - Parameter days: Days of 24 hours; a fraction counts.
    /// - Returns: The moment; the last one that can be written when there is none.
    public func adding(days: Double) -> LivechatTimestamp {
        let sum = Double(milliseconds) + days * 86_400_000
        return LivechatTimestamp(milliseconds: Int64(exactly: sum.rounded()).map { min($0, Self.last) } ?? Self.last)
    }

    /// The moment that lies this much later.
    ///
    /// - Parameter duration: How much; what is finer than a millisecond is rounded.
    /// - Returns: The moment; the last one that can be written when there is none.
    public func adding(_ duration: Duration) -> LivechatTimestamp { adding(days: duration / .seconds(86_400)) }

    /// The nearest moment that can be written with a year of four digits (RFC 3339).
    package var writable: LivechatTimestamp {
        LivechatTimestamp(milliseconds: min(max(milliseconds, Self.first), Self.last))
    }

    /// 0000-01-01T00:00:00.000Z.
    static let first: Int64 = -62_167_219_200_000
    /// 9999-12-31T23:59:59.999Z.
    static let last: Int64 = 253_402_300_799_999
}
