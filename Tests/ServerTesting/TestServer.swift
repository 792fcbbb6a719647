#if HTTP
public import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import ServiceLifecycle
import Synchronization

/// How a test gets to a server.
public enum TestEntrance: Sendable {
    /// The responder is asked in this process.
    case router
    /// One connection to a port of its own.
    case live
}

// Hummingbird has such a library of its own. It brings TLS, HTTP/2 and a client, which take as long to compile as all
// of this package does.
extension ApplicationProtocol {
    /// Runs a test with a client of this server.
    public func test<Value: Sendable>(
        _ entrance: TestEntrance,
        _ body: @Sendable (TestClient) async throws -> Value
    ) async throws -> Value {
        switch entrance {
        case .router:
            let responder = try await responder
            let logger = logger
            return try await body(
                TestClient(port: nil) { head in
                    let source = ApplicationRequestContextSource(channel: NIOAsyncTestingChannel(), logger: logger)
                    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
                    let response = try await responder.respond(to: request, context: Context(source: source))
                    let collected = CollectedBody()
                    try await response.body.write(collected)
                    return TestResponse(head: response.head, body: collected.bytes)
                }
            )
        case .live:
            return try await Gate.listeners.inside {
                let server = ListeningApplication(base: self)
                let group = ServiceGroup(services: [server], logger: logger)
                async let running: Void = group.run()
                do {
                    guard let port = await server.ports.first(where: { _ in true }) else { throw NoServer() }
                    let connection = try await TestConnection(port: port)
                    let value = try await body(TestClient(port: port) { try await connection.ask($0) })
                    try await connection.close()
                    await group.triggerGracefulShutdown()
                    try await running
                    return value
                } catch {
                    await group.triggerGracefulShutdown()
                    try? await running
                    throw error
                }
            }
        }
    }
}

private struct NoServer: Error {}

/// An application on a port that the system chooses, which it tells of.
private struct ListeningApplication<Base: ApplicationProtocol>: ApplicationProtocol {
    let base: Base
    let ports: AsyncStream<Int>
    private let announcement: AsyncStream<Int>.Continuation

    init(base: Base) {
        self.base = base
        (ports, announcement) = AsyncStream.makeStream(of: Int.self)
    }

    var responder: Base.Responder { get async throws { try await base.responder } }
    var server: HTTPServerBuilder { base.server }
    var eventLoopGroup: any EventLoopGroup { base.eventLoopGroup }
    var configuration: ApplicationConfiguration { base.configuration.with(address: .hostname("localhost", port: 0)) }
    var logger: Logger { base.logger }
    var services: [any Service] { base.services }
    var processesRunBeforeServerStart: [@Sendable () async throws -> Void] { base.processesRunBeforeServerStart }

    @Sendable func onServerRunning(_ channel: any Channel) async {
        await base.onServerRunning(channel)
        if let port = channel.localAddress?.port { announcement.yield(port) }
        announcement.finish()
    }
}

/// Keeps a body as it is written.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let collected = Mutex(ByteBuffer())

    var bytes: ByteBuffer { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) { collected.withLock { _ = $0.writeImmutableBuffer(buffer) } }

    func finish(_ trailingHeaders: HTTPFields?) {}
}
#endif
