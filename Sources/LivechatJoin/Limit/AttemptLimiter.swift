public import LivechatValues

/// Limits how often something of the host's may be tried for one key, such as a user's password.
///
/// ```swift
/// let passwords = AttemptLimiter<LivechatUserID>(JoinRateLimit(requests: 5, seconds: 300))
/// let attempt = passwords.attempt(for: user)
/// if let refusal = attempt.refusal { print(service.profile.response(to: refusal)) }  // 429
/// attempt.giveBack()  // the password was right
/// ```
///
/// It keeps its keys: bound the length of one that a client sends, such as a name.
///
/// A guesser who tries one password for many users has a fresh budget with each of them, so count the client as well,
/// with a limiter of its own whose key is a `JoinClient`.
public struct AttemptLimiter<Key: Hashable & Sendable>: Sendable {
    private let budget: RateBudget<Key>
    private let clock: LivechatClock

    /// Makes a limiter, which is shared by all requests of a route.
    ///
    /// - Parameters:
    ///   - limit: How many attempts a key has in a window.
    ///   - keys: The most keys that are counted at a time. Where there are more, the one that came first makes way and
    ///     begins a new window with its next attempt.
    ///   - clock: Where the time comes from.
    public init(_ limit: JoinRateLimit = .defaultLogins, keys: Int = 65_536, clock: LivechatClock = .system) {
        budget = RateBudget(limit, capacity: keys)
        self.clock = clock
    }

    /// Counts an attempt, before it is made: many at once do not exceed the limit.
    ///
    /// - Parameter key: Who or what the attempt counts for.
    /// - Returns: The attempt, with a refusal where the key has none left.
    public func attempt(for key: Key) -> Attempt {
        let now = clock.now
        return Attempt(budget: budget, key: key, charge: budget.charge(key, at: now), now: now)
    }

    /// One attempt that was counted, or is refused.
    public struct Attempt: Sendable {
        fileprivate let budget: RateBudget<Key>
        fileprivate let key: Key
        fileprivate let charge: RateBudget<Key>.Charge
        fileprivate let now: LivechatTimestamp

        /// 429 with the seconds until the window ends, for `JoinProfile.response(to:)`, whose answer says them in
        /// `Retry-After` too; nil where the attempt may be made.
        public var refusal: JoinRefusal? {
            charge.isWithin ? nil : .tooManyRequests(.logins, seconds: charge.standing.secondsLeft(at: now))
        }

        /// Does not count the attempt after all, as when the password was right.
        public func giveBack() { budget.giveBack(charge, of: key) }
    }
}
