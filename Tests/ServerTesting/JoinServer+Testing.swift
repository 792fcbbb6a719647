#if Server
package import LivechatJoin
package import LivechatServer
package import Logging
import ServiceLifecycle

extension JoinServer {
    package struct NotStarted: Error {}

    /// Runs a server on a free port for as long as the body takes, and drains it then.
    ///
    /// `body` takes the port, and a call that begins the end before the body has ended.
    package static func with<Value: Sendable>(
        _ service: JoinService,
        options: JoinServerOptions = JoinServerOptions(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        checkReadiness: @escaping @Sendable () async throws -> Void = {},
        _ body: (Int, @escaping @Sendable () async -> Void) async throws -> Value
    ) async throws -> Value {
        try await Gate.listeners.inside {
            let (ports, announce) = AsyncStream.makeStream(of: Int.self)
            let server = JoinServer(
                service,
                port: 0,
                options: options,
                logger: logger,
                onListening: { announce.yield($0) },
                checkReadiness: checkReadiness
            )
            let group = ServiceGroup(services: [server], logger: logger)
            let running = Task {
                defer { announce.finish() }
                try await group.run()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                try await running.value
                throw NotStarted()
            }
            let stop: @Sendable () async -> Void = { await group.triggerGracefulShutdown() }
            do {
                let value = try await body(port, stop)
                await stop()
                try await running.value
                return value
            } catch {
                await stop()
                try? await running.value
                throw error
            }
        }
    }
}
#endif
