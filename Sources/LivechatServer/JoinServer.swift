#if Server
public import LivechatJoin
public import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
public import ServiceLifecycle

/// A server of the endpoint for a host that has none, on NIO's own HTTP/1 codec.
///
/// It answers `GET` at `JoinRequest.path` (contract C2), and `GET` and `HEAD` at `/livez` (200 as long
/// as the process answers) and `/readyz` (200, or 503 when `checkReadiness` throws); another method on these paths is
/// 405, any other path 404. Run it in a `ServiceGroup`: on a graceful shutdown it stops listening, answers what it has
/// been asked, and returns.
///
/// ```swift
/// let server = JoinServer(JoinService(store: database), port: 8080) { try await database.checkHealth() }
/// try await ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
public struct JoinServer: Service {
    private let host: String
    private let port: Int
    private let options: JoinServerOptions
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void
    private let site: Site

    private static let group = MultiThreadedEventLoopGroup.singleton

    /// Makes a server; it listens once it runs.
    ///
    /// - Parameters:
    ///   - service: What decides.
    ///   - host: The address or name to listen on.
    ///   - port: The port to listen on; 0 takes a free one.
    ///   - options: What it takes from its clients before it says no.
    ///   - logger: Receives an error when the server is not ready and when it has no descriptor left, and a warning when
    ///     a request came through a proxy that `options` does not count.
    ///   - onListening: Called with the port when connections are accepted.
    ///   - checkReadiness: Throws when requests to join could not be decided now.
    public init(
        _ service: JoinService,
        host: String = "127.0.0.1",
        port: Int,
        options: JoinServerOptions = JoinServerOptions(),
        logger: Logger = Logger(label: "livechat-join"),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in },
        checkReadiness: @escaping @Sendable () async throws -> Void
    ) {
        self.host = host
        self.port = port
        self.options = options
        self.logger = logger
        self.onListening = onListening
        site = Site(service, options, Self.group, logger, checkReadiness)
    }

    /// Serves until the task is cancelled or a graceful shutdown begins and all connections have ended.
    ///
    /// - Throws: When the address cannot be listened on.
    public func run() async throws {
        let listener = try await bootstrap.bind(host: host, port: port).get()
        let connections = try await listener.eventLoop.submit {
            let limit = try listener.pipeline.syncOperations.handler(type: ConnectionLimit.self)
            return NIOLoopBound(limit, eventLoop: listener.eventLoop)
        }.get()
        await onListening(listener.localAddress?.port ?? port)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listener.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.close(promise: nil)
        }
        let timeout = Task.isCancelled ? TimeAmount.zero : TimeAmount(options.drainTimeout)
        try await listener.eventLoop.flatSubmit {
            connections.value.drain(within: timeout, on: listener.eventLoop)
        }.get()
    }

    private var bootstrap: ServerBootstrap {
        let (options, logger, site) = (options, logger, site)
        return ServerBootstrap(group: Self.group)
            .serverChannelOption(.backlog, value: Int32(clamping: options.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // One at a time, so that no more are accepted than there is room for.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(ConnectionLimit(options, logger))
                    try pipeline.addHandler(DescriptorLimit(logger))
                }
            }
            // What follows a request on its connection may be the client's goodbye.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addRequestHandlers(site, TimeAmount(options.idleTimeout))
                }
            }
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Adds everything that a connection is made of.
    func addRequestHandlers(_ site: Site, _ idleTimeout: TimeAmount) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = site.sizes.parserBytes
        limits.maxHeaderListSize = site.sizes.parserBytes
        limits.maxHeaderFieldCount = SizeRule.headerCount
        let requests = RequestHandler(site, on: eventLoop)
        try addHandlers([
            HeadLimit(requests),
            IdleTimeout(idleTimeout, requests),
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)),
            requests,
        ])
    }
}
#endif
