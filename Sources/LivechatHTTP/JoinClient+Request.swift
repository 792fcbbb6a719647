#if HTTP
public import Hummingbird
public import LivechatJoin
internal import NIOCore

extension JoinClient {
    /// Finds the client of a request (contract C10).
    ///
    /// It is the peer of the connection, or behind proxies of the host's own the one that they name in
    /// `X-Forwarded-For`. It is nil where the peer has no IP address, as on a Unix socket, and no trusted proxy names a
    /// client.
    ///
    /// ```swift
    /// router.addLivechatJoin(service) { request, context in JoinClient(request, context) }
    /// ```
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - context: Knows the other end of the connection.
    ///   - trustedProxies: How many proxies of the host's own each request comes through; with 0 `X-Forwarded-For` is
    ///     ignored, since anybody can send it.
    public init?(_ request: Request, _ context: some RemoteAddressRequestContext, trustedProxies: Int = 0) {
        let peer = context.remoteAddress?.ipAddress.flatMap(JoinClient.init(address:))
        let forwardedFor = Self.forwardedFor.map { request.headers[values: $0] } ?? []
        self.init(
            peer: peer,
            forwardedFor: forwardedFor.isEmpty ? nil : forwardedFor.joined(separator: ","),
            trustedProxies: trustedProxies
        )
    }

    private static let forwardedFor = HTTPFields.Element.Name("X-Forwarded-For")
}
#endif
