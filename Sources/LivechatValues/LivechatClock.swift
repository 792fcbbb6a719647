#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Where the time comes from; a test gives its own.
///
/// ```swift
/// let noon = LivechatTimestamp(milliseconds: 1_767_355_200_000)
/// let service = JoinService(store: database, clock: LivechatClock { noon })
/// ```
public struct LivechatClock: Sendable {
    private let read: @Sendable () -> LivechatTimestamp

    /// Makes a clock of a function that says what time it is.
    public init(_ read: @escaping @Sendable () -> LivechatTimestamp) { self.read = read }

    /// What time it is.
    public var now: LivechatTimestamp { read() }

    /// The machine's own clock.
    public static let system = LivechatClock {
        LivechatTimestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
