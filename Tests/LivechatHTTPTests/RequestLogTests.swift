#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import Logging
import ServerTesting
import Synchronization
import Testing

@Suite("What a server tells its logger of a request")
struct RequestLogTests {
    private final class Journal: Sendable {
        let lines = Mutex<[(message: String, metadata: Logger.Metadata)]>([])
        /// How often a handler was told something to go with messages to come.
        let named = Mutex(0)
        let errors = Mutex<[String]>([])
    }

    private struct Handler: LogHandler {
        let journal: Journal
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set {
                metadata[key] = newValue
                journal.named.withLock { $0 += 1 }
            }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            journal.lines.withLock { $0.append((event.message.description, all)) }
            if let error = event.error { journal.errors.withLock { $0.append("\(error)") } }
        }
    }

    @Test("A message has what the logger was given, what the request is named, and its own")
    func metadata() async throws {
        struct NotReady: Error {}
        let journal = Journal()
        var logger = Logger(label: "test") { _ in Handler(journal: journal) }
        logger[metadataKey: "host"] = "ours"
        journal.named.withLock { $0 = 0 }
        let server = Application(
            Fixture.service(try await Fixture.store()),
            address: .hostname("127.0.0.1", port: 0),
            logger: logger
        ) { throw NotReady() }
        try await server.test(.live) { client in
            for _ in 0..<2 { _ = try await client.execute(uri: "/readyz", method: .get) }
            _ = try await client.execute(uri: "/livez", method: .get)
        }
        let told = journal.lines.withLock { $0 }.filter { $0.message == "not ready" }
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.metadata["host"] == "ours" && $0.metadata["error"] == "NotReady()" })
        #expect(Set(told.compactMap { $0.metadata["hb.request.id"]?.description }).count == 2)
        #expect(journal.named.withLock { $0 } == 0, "nothing is put into words beforehand")
    }

    @Test("What a message brings besides words arrives")
    func error() async throws {
        struct Broken: Error {}
        let journal = Journal()
        var logger = Logger(label: "test") { _ in Handler(journal: journal) }
        logger[metadataKey: "host"] = "ours"
        let server = Application(
            Fixture.service(try await Fixture.store()),
            address: .hostname("127.0.0.1", port: 0),
            logger: logger
        ) {}
        server.logger.error("broken", error: Broken())
        #expect(journal.errors.withLock { $0 } == ["Broken()"])
        #expect(server.logger[metadataKey: "host"] == "ours")
    }

    @Test("The level is the logger's", arguments: [Logger.Level.trace, .debug, .critical])
    func level(_ level: Logger.Level) async throws {
        var logger = Logger(label: "test") { _ in Handler(journal: Journal()) }
        logger.logLevel = level
        let server = Application(
            Fixture.service(try await Fixture.store()),
            address: .hostname("127.0.0.1", port: 0),
            logger: logger
        ) {}
        #expect(server.logger.logLevel == level)
    }
}
#endif
