#if Server
internal import LivechatJoin
internal import Logging
internal import NIOCore
internal import Synchronization

/// Which client a request counts for: the peer of its connection, or behind proxies the one that they name in
/// `X-Forwarded-For` (contract C10).
final class ClientRule: Sendable {
    private let trustedProxies: Int
    private let logger: Logger
    private let hasWarned = Atomic(false)

    init(trustedProxies: Int, _ logger: Logger) {
        self.trustedProxies = trustedProxies
        self.logger = logger
    }

    /// Finds the client.
    ///
    /// - Parameters:
    ///   - forwardedFor: The values of all `X-Forwarded-For`, in their order; nil where there is none.
    ///   - peer: The other end of the connection.
    ///   - requestID: The id of the request, for a warning.
    /// - Returns: The peer where an entry is missing or malformed.
    func client(_ forwardedFor: String?, peer: JoinClient?, requestID: String) -> JoinClient? {
        if forwardedFor != nil, trustedProxies <= 0 { warnOnce(Logger.Metadata(request: requestID, client: peer)) }
        return JoinClient(peer: peer, forwardedFor: forwardedFor, trustedProxies: trustedProxies)
    }

    private func warnOnce(_ metadata: @autoclosure () -> Logger.Metadata) {
        if hasWarned.load(ordering: .relaxed) || hasWarned.exchange(true, ordering: .relaxed) { return }
        logger.warning(
            """
            X-Forwarded-For is ignored, and all clients of a proxy share one rate limit: if requests come through \
            proxies of yours, give their number with --trusted-proxies (JoinServerOptions.trustedProxies)
            """,
            metadata: metadata()
        )
    }
}

extension JoinClient {
    /// Takes the address of a connection's other end.
    ///
    /// It is nil for one that is not an IP address.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        // The bytes themselves are in a union of C, named otherwise on each system.
        self.init(address: text)
    }
}
#endif
