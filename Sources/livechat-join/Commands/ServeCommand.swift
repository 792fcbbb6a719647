#if CommandLine
import ArgumentParser
import CoreMetrics
import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatServer
import Logging
import NIOCore
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answer GET \(JoinRequest.path) over HTTP.",
        discussion: """
            Prints "listening on http://HOST:PORT" on standard output when it accepts connections; logs go to \
            standard error. GET /livez is answered as long as the process runs, GET /readyz as long as the database \
            answers and the last write has succeeded. --metrics adds GET /metrics, which nobody but your Prometheus \
            should reach. SIGTERM, SIGINT or SIGHUP ends it: what was asked is still \
            answered. A second one ends it at once.
            """
    )

    @Option(help: "The address or name to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.", transform: UInt16.port)
    var port: UInt16 = 8080

    @Option(help: ArgumentHelp("How much to log (environment: LOG_LEVEL; default: info).", valueName: "level"))
    var logLevel: Logger.Level?

    @Option(help: ArgumentHelp("How the lines of the log look.", valueName: "format"))
    var logFormat = LogFormat.text

    @Flag(help: "Serve metrics in the Prometheus text format at GET /metrics, on the same port.")
    var metrics = false

    @Flag(name: .customLong("openapi"), help: "Serve the OpenAPI document of the endpoint at GET /openapi.json.")
    var openAPI = false

    @OptionGroup var console: ConsoleOption
    @OptionGroup var limits: ServerLimits
    @OptionGroup var profile: ProfileOption
    @OptionGroup var database: DatabaseOption

    private static let variable = "LOG_LEVEL"

    func validate() throws {
        if logLevel == nil, let text = ProcessInfo.processInfo.environment[Self.variable], Logger.Level(text) == nil {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(Self.variable) is \"\(text)\"; it can be \(levels).")
        }
    }

    func run() async throws {
        try DescriptorLimit.require(DescriptorLimit.ofServer)
        let environment = ProcessInfo.processInfo.environment[Self.variable].flatMap { Logger.Level($0) }
        let log = ServerLog(logFormat)
        defer { log.close() }
        let logger = log.logger(logLevel ?? environment ?? .info)
        var options = limits.options
        if metrics {
            let metrics = PrometheusMetrics()
            // Before anything that is measured is made.
            MetricsSystem.bootstrap(metrics)
            options.pages["/metrics"] = .init(contentType: PrometheusMetrics.contentType) { metrics.text }
        }
        if openAPI {
            let document = OpenAPIDocument(profile.value).json
            options.pages["/openapi.json"] = .init(contentType: "application/json") { document }
        }
        try await database.withDatabase(logger: logger) { database in try await serve(database, options, logger) }
        logger.info("stopped")
    }

    private func serve(_ database: any OperatedStore, _ options: JoinServerOptions, _ logger: Logger) async throws {
        // Where nobody reads standard output the server serves all the same.
        let output = LogWriter { try StandardOutput.write($0) }
        try await ServedConsole.with(console, beside: database, profile: profile.value, logger, output) { console in
            try await serve(database, options, console, logger, output)
        }
    }

    private func serve(
        _ database: any OperatedStore,
        _ options: JoinServerOptions,
        _ console: ServedConsole,
        _ logger: Logger,
        _ output: LogWriter
    ) async throws {
        let host = host
        let service = JoinService(store: database, profile: profile.value, limiter: limits.limiter, logger: logger)
        let server = JoinServer(
            console.counting(service),
            host: host,
            port: Int(port),
            options: options,
            logger: logger,
            onListening: { port in
                let name = host.contains(":") ? "[\(host)]" : host
                output.append(Array("listening on http://\(name):\(port)\n".utf8))
            },
            checkReadiness: { try await database.checkHealth() }
        )
        let group = ServiceGroup(services: console.services(with: server), logger: logger)
        await StopSignals.stop(group, logger)
        do {
            try await group.run()
        } catch let error as IOError {
            throw Failure(Self.reason(error, host, port))
        } catch  where error is SocketAddressError || error is SocketAddressError.UnknownHost {
            throw Failure("there is no host \"\(host)\": give --host an address of this machine")
        }
    }

    private static func reason(_ error: IOError, _ host: String, _ port: UInt16) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "port \(port) on \(host) is in use: end what listens there, or give another --port"
        case EADDRNOTAVAIL: "\(host) is not an address of this machine: give another --host"
        case EACCES: "port \(port) may not be listened on by this user: give a --port from 1024 on"
        default: "cannot listen on \(host), port \(port): \(error)"
        }
    }
}

extension Logger.Level {
    /// Reads a level in any case, as `LOG_LEVEL` is written.
    fileprivate init?(_ text: String) { self.init(rawValue: text.lowercased()) }
}
#endif
