#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Where the time comes from; a test gives its own.
public struct WallClock: Sendable {
    private let read: @Sendable () -> Timestamp

    /// Makes a clock of a function that says what time it is.
    public init(_ read: @escaping @Sendable () -> Timestamp) { self.read = read }

    /// What time it is.
    public var now: Timestamp { read() }

    /// The machine's own clock.
    public static let system = WallClock {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
