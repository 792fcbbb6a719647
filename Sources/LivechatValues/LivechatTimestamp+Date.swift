#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension LivechatTimestamp {
    /// Takes a date of Foundation's, rounded to the nearest millisecond.
    ///
    /// - Parameter date: The date; one outside the years 0000 to 9999 becomes the nearest moment within them.
    public init(_ date: Date) {
        let milliseconds = (date.timeIntervalSince1970 * 1_000).rounded()
        // Compared in this order, what is not a number becomes the first moment.
        let kept = milliseconds >= Double(Self.first) ? min(milliseconds, Double(Self.last)) : Double(Self.first)
        self.init(milliseconds: Int64(kept))
    }
}

extension Date {
    /// Takes a moment of this package's.
    public init(_ timestamp: LivechatTimestamp) {
        self.init(timeIntervalSince1970: Double(timestamp.milliseconds) / 1_000)
    }
}
