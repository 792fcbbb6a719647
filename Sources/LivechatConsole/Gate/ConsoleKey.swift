#if Console
internal import LivechatJoin
internal import LivechatTokens
internal import Synchronization

/// The key that is printed at start, and the cookie that one browser gets for it.
///
/// Both are kept as digests, and compared in constant time.
final class ConsoleKey: Sendable {
    private struct State {
        var key: LivechatTokenDigest?
        var cookie: LivechatTokenDigest?
    }

    private let state = Mutex(State())

    /// Draws the key; the only time that it can be read.
    func reveal() -> String {
        let key = LivechatIssuedToken().reveal()
        state.withLock { $0.key = LivechatToken(key).digest }
        return key
    }

    /// Takes the key, once.
    ///
    /// - Returns: The cookie's value; nil when it is not the key, or has been taken before.
    func exchange(_ sent: String) -> String? {
        let digest = LivechatToken(sent).digest
        let isTaken = state.withLock { state in
            guard let key = state.key, key == digest else { return false }
            state.key = nil
            return true
        }
        guard isTaken else { return nil }
        let cookie = LivechatIssuedToken().reveal()
        state.withLock { $0.cookie = LivechatToken(cookie).digest }
        return cookie
    }

    /// Whether a cookie is the one that was given away.
    func admits(_ cookie: String) -> Bool {
        let digest = LivechatToken(cookie).digest
        return state.withLock { $0.cookie.map { $0 == digest } ?? false }
    }
}
#endif
