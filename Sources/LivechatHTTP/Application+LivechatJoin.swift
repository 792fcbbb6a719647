#if HTTP
public import Hummingbird
public import LivechatJoin
public import Logging
public import NIOCore

extension Application where Responder == JoinResponder {
    /// Makes a server of the endpoint for a host that has none.
    ///
    /// It answers `GET` at ``LivechatJoin/JoinRequest/path`` (contract C2), at `/livez` (200 as long as the process
    /// answers) and at `/readyz` (200, or 503 when `checkReadiness` throws); another method on these paths is 405, any
    /// other path 404. It is a `Service`: run it in a `ServiceGroup`, or with `runService()`. On a graceful shutdown
    /// it stops listening, answers what it has been asked, and returns.
    ///
    /// ```swift
    /// let server = Application(JoinService(store: database), address: .hostname("127.0.0.1", port: 8080)) {
    ///     try await database.checkHealth()
    /// }
    /// try await server.runService()
    /// ```
    ///
    /// - Parameters:
    ///   - service: What decides.
    ///   - address: Where to listen; port 0 takes a free one.
    ///   - options: How large a request may be and how long a connection may be idle.
    ///   - logger: Told what the server does, and at `error` when it is not ready.
    ///   - onServerRunning: Called when connections are accepted, with the channel that has the address taken.
    ///   - checkReadiness: Throws when requests to join could not be decided now.
    public init(
        _ service: JoinService,
        address: BindAddress,
        options: JoinHTTPOptions = JoinHTTPOptions(),
        logger: Logger = Logger(label: "livechat-join"),
        onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in },
        checkReadiness: @escaping @Sendable () async throws -> Void
    ) {
        self.init(
            responder: JoinResponder(
                endpoint: JoinEndpoint(service: service, options: options),
                checkReadiness: checkReadiness
            ),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [GreedyClientHandler(timeout: TimeAmount(options.idleTimeout))],
                    idleTimeout: TimeAmount(options.idleTimeout),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: options.hardLimit,
                        maxHeaderListSize: options.hardLimit,
                        maxHeaderFieldCount: JoinHTTPOptions.maximumHeaderCount
                    )
                )
            ),
            configuration: ApplicationConfiguration(address: address, backlog: options.backlog),
            onServerRunning: onServerRunning,
            logger: logger.forRequests
        )
    }
}
#endif
