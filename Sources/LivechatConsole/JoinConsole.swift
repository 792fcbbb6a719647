#if Console
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
public import LivechatJoin
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization

/// Read-only pages for people: why a user can or cannot enter a room, the event log live, rooms, users, grants, health.
///
/// They have a listener and a thread of their own, ask the store one question at a time, and are shown to the one
/// browser that has the key (contract C20). Run the console in a `ServiceGroup`, with a store of its own, so that no
/// decision waits for it:
///
/// ```swift
/// var options = JoinConsoleOptions()
/// options.port = 9000
/// let console = try JoinConsole(database, options: options) { address in print("console on \(address)") }
/// ```
public struct JoinConsole: Service {
    /// What a console reads: decisions, look-ups and events, and nothing that writes.
    public typealias Store = JoinStore & JoinLookups & JoinEventLog

    private let options: JoinConsoleOptions
    private let logger: Logger
    private let onListening: @Sendable (String) async -> Void
    private let responder: ConsoleResponder
    private let key: ConsoleKey
    private let address: ConsoleAddress

    /// Makes a console; it listens once it runs.
    ///
    /// - Parameters:
    ///   - store: What it reads.
    ///   - profile: The profile that is chosen where a question names none.
    ///   - rules: The host's own rules, which explanations ask.
    ///   - refusals: Counts what the host's service refuses; nil shows no counts.
    ///   - options: Where it listens, and what it takes.
    ///   - logger: Receives each look-up at `info`, with the client and the ids.
    ///   - onListening: Called with the address and the key, such as "http://127.0.0.1:9000/?key=…", when connections
    ///     are accepted. The key is good for one browser.
    ///   - health: Says what the health page shows.
    /// - Throws: Nothing that depends on the parameters: the pages are part of the program.
    public init(
        _ store: any Store,
        profile: JoinProfile = .documented,
        rules: [JoinRule] = [],
        refusals: JoinRefusalCount? = nil,
        options: JoinConsoleOptions,
        logger: Logger = Logger(label: "livechat-join"),
        onListening: @escaping @Sendable (String) async -> Void,
        health: @escaping @Sendable () async throws -> [JoinConsoleFact] = { [] }
    ) throws {
        self.options = options
        self.logger = logger
        self.onListening = onListening
        key = ConsoleKey()
        address = ConsoleAddress(host: options.host)
        let pages = try ConsolePages(
            store: store,
            profile: profile,
            rules: rules,
            refusals: refusals,
            options: options,
            health: health
        )
        let gate = ConsoleGate(key: key, address: address, options: options, logger: logger)
        responder = ConsoleResponder(gate: gate, pages: pages, logger: logger)
    }

    /// Shows the pages until the task is cancelled or a graceful shutdown begins.
    ///
    /// What goes wrong after it has begun to listen is logged, and it starts again: nothing that happens here ends the
    /// host.
    ///
    /// - Throws: ``JoinConsoleError`` when the address cannot be listened on, or other machines could reach it.
    public func run() async throws {
        guard options.isLoopback || options.isPublic else {
            throw JoinConsoleError(
                description: "other machines could reach the console on \(options.host), and it has no TLS: let it "
                    + "listen on 127.0.0.1 or ::1, or say that this is meant (--console-public)"
            )
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        defer { group.shutdownGracefully { _ in } }
        try await withTaskExecutorPreference(responder.pages.reader.thread) {
            while !Task.isCancelled {
                do {
                    return try await serve(on: group)
                } catch {
                    if address.port == nil { throw JoinConsoleError(description: reason(error)) }
                    if Task.isCancelled || Task.isShuttingDownGracefully { return }
                    logger.error("the console stopped, and starts again", metadata: ["error": "\(error)"])
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let hasListened = address.port != nil
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(75),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384,
                        maxHeaderListSize: 16_384,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: address.port ?? options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.mostConnections)
            ),
            onServerRunning: { channel in
                address.port = channel.localAddress?.port ?? options.port
                if !hasListened { await onListening(address.url + "/?key=" + key.reveal()) }
            },
            eventLoopGroupProvider: .shared(group),
            logger: quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await application.run() }
            tasks.addTask {
                try await gracefulShutdown()
                // A browser that does not read must not keep the host from stopping.
                try await Task.sleep(for: .seconds(2))
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    private static let mostConnections = 64

    private func reason(_ error: any Error) -> String {
        let (host, port) = (options.host, options.port)
        if error is SocketAddressError || error is SocketAddressError.UnknownHost {
            return "there is no host \"\(host)\" for the console: name an address of this machine"
        }
        return switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: "port \(port) on \(host) is in use: end what listens there, or give the console another port"
        case EADDRNOTAVAIL: "\(host) is not an address of this machine: give the console another one"
        case EACCES: "port \(port) may not be listened on by this user: give the console a port from 1024 on"
        default: "the console cannot listen on \(host), port \(port): \(error)"
        }
    }
}
#endif
