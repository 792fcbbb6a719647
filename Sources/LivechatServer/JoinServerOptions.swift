#if Server
package import LivechatJoin

/// What a server of the endpoint takes from its clients before it says no.
///
/// ```swift
/// var options = JoinServerOptions()
/// options.maximumConnections = 5_000
/// options.trustedProxies = 1
/// let server = JoinServer(service, port: 8080, options: options) { try await database.checkHealth() }
/// ```
public struct JoinServerOptions: Sendable {
    /// The longest request target (path and query) in bytes; a longer one is answered 414.
    public var maximumTargetBytes = 8_192
    /// The most bytes that the names and values of all headers may have together; more is answered 431.
    public var maximumHeaderBytes = 16_384
    /// The most bytes of a body, which is thrown away; more is answered 413.
    public var maximumBodyBytes = 65_536
    /// How long a connection may stay open while nothing is answered on it.
    ///
    /// Such a connection has nothing to do, or a request that does not get on, or answers that the client does not
    /// read. The time should be longer than a load balancer keeps its connections, or the balancer sends a request on a
    /// connection that is just being closed.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a graceful shutdown waits for connections to end before it closes them.
    public var drainTimeout: Duration = .seconds(10)
    /// The most connections at a time; those beyond wait to be accepted.
    public var maximumConnections = Int.max
    /// How many connections may wait to be accepted; of more at once, some are kept waiting for a second and longer.
    ///
    /// The system has a bound of its own (on Linux `net.core.somaxconn`).
    public var backlog = 1_024
    /// The origins whose pages may ask, such as "https://chat.example.org", or "*" for all; none by default.
    public var allowedOrigins: [String] = []
    /// How many proxies of the host's own each request comes through.
    ///
    /// The client is then the entry of `X-Forwarded-For` at this place from the right, which the outermost of them has
    /// appended; it is the peer of the connection where that entry is missing or not an address. 0 ignores the header.
    /// With too large a number clients can choose the address that they count for.
    public var trustedProxies = 0
    /// Where the time in an answer's `Date` comes from.
    package var clock = LivechatClock.system
    /// What makes the id of a request that has brought none; nil makes one that no other has.
    package var makeRequestID: (@Sendable () -> String)?
    /// What is served beside the endpoint and the probes, by its path.
    package var pages: [String: Page] = [:]
    /// Called when a crowd of connections has gone, most of whose memory malloc would keep by itself.
    package var giveMemoryBack: @Sendable () -> Void = {}

    /// A text that is made when it is asked for.
    package struct Page: Sendable {
        let contentType: StaticString
        let text: @Sendable () -> String

        package init(contentType: StaticString, text: @escaping @Sendable () -> String) {
            self.contentType = contentType
            self.text = text
        }
    }

    /// Makes the options with their defaults.
    public init() {}

    var sizes: SizeRule {
        SizeRule(targetBytes: maximumTargetBytes, headerBytes: maximumHeaderBytes, bodyBytes: maximumBodyBytes)
    }
}
#endif
