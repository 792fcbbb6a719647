public import LivechatJoin
internal import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = SettableClock()
/// let service = JoinService(store: store, clock: clock.wallClock)
/// clock.advance(by: .seconds(90 * 86_400))
/// ```
public final class SettableClock: Sendable {
    private let moment: Mutex<LivechatTimestamp>

    /// Makes a clock that stands at a moment.
    ///
    /// - Parameter now: The moment; 2026-01-01T00:00:00Z where nothing else is said.
    public init(_ now: LivechatTimestamp = LivechatTimestamp(milliseconds: 1_767_225_600_000)) { moment = Mutex(now) }

    /// What time the clock shows.
    public var now: LivechatTimestamp { moment.withLock { $0 } }

    /// Sets the clock, forward or back.
    public func set(_ now: LivechatTimestamp) { moment.withLock { $0 = now } }

    /// Moves the clock by whole milliseconds; a negative duration moves it back.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        moment.withLock { $0 = LivechatTimestamp(milliseconds: $0.milliseconds + milliseconds) }
    }

    /// The clock as a service and a store take it.
    public var wallClock: LivechatClock { LivechatClock { self.now } }
}
