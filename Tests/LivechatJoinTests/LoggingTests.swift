import LivechatJoin
import LivechatJoinTesting
import Logging
import Synchronization
import Testing

@Suite("What is logged")
struct LoggingTests {
    final class Journal: Sendable {
        let lines = Mutex<[String]>([])
    }

    struct Handler: LogHandler {
        let journal: Journal
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level {
            get { .trace }
            set { _ = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            journal.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }

    @Test("Outcomes at debug, refused logins at info, failures at error, a token never")
    func lines() async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let store = try await world()
        let service = JoinService(store: store, clock: SettableClock().wallClock, logger: logger)
        _ = await service.respond(to: request())
        _ = await service.respond(to: request(token: "wrong-secret"))
        store.failNextCalls(1)
        _ = await service.respond(to: request())
        let lines = journal.lines.withLock { $0 }
        #expect(lines.count == 3)
        #expect(lines.map { $0.prefix(while: { $0 != " " }) } == ["debug", "info", "error"])
        #expect(lines.allSatisfy { !$0.contains("secret") || $0.contains("(secret)") })
        #expect(lines.allSatisfy { !$0.contains(LivechatToken("secret").digest.base64) })
        #expect(lines.allSatisfy { $0.contains("u1") && $0.contains("r1") })
    }

    /// A call of a service, and the line that says what failed.
    struct Call: Sendable, CustomTestStringConvertible {
        let name: String
        let message: String
        let run: @Sendable (JoinService) async throws -> Void
        var testDescription: String { name }

        init(_ name: String, _ message: String, _ run: @escaping @Sendable (JoinService) async throws -> Void) {
            (self.name, self.message, self.run) = (name, message, run)
        }
    }

    static let calls = [
        Call("respond", "join failed") { service in
            #expect(await service.respond(to: request(), id: "7") == .unavailable)
        },
        Call("join", "join failed") { service in _ = try await service.join(request(), id: "7") },
        Call("authenticate", "login check failed") { service in
            _ = try await service.authenticate(.verified("u1"), id: "7")
        },
        Call("require", "permission check failed") { service in
            _ = try await service.require("view-l-room", of: .verified("u1"), in: "r1", id: "7")
        },
        Call("access", "access check failed") { service in _ = try await service.access(request(), id: "7") },
        Call("access of", "access check failed") { service in _ = try await service.access(of: "u1", to: "r1", id: "7")
        },
        Call("permissions", "permission check failed") { service in
            _ = try await service.permissions(of: "u1", in: "r1", id: "7")
        },
        Call("explain", "explain failed") { service in
            _ = try await service.explain(user: "u1", room: "r1", token: "secret", id: "7")
        },
    ]

    @Test("A call that fails in the store logs it once, with what failed and the id of its request", arguments: calls)
    func failure(_ call: Call) async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let store = try await world()
        let service = JoinService(store: store, clock: SettableClock().wallClock, logger: logger)
        store.failNextCalls(1)
        if call.name == "respond" {
            try await call.run(service)
        } else {
            await #expect(throws: JoinFailure.self) { try await call.run(service) }
        }
        let lines = journal.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("error \(call.message) [") == true, "\(lines)")
        #expect(lines.allSatisfy { $0.contains(#""request": 7"#) && $0.contains(#""user": u1"#) }, "\(lines)")
        #expect(lines.allSatisfy { $0.contains("Unavailable()") && !$0.contains("secret") }, "\(lines)")
    }

    @Test("A rule that throws is logged once, by a join and by explain", arguments: ["join failed", "explain failed"])
    func failingRule(_ message: String) async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let service = JoinService(
            store: try await world(),
            rules: [JoinRule { _ in throw Oops() }],
            clock: SettableClock().wallClock,
            logger: logger
        )
        let call = try #require(Self.calls.last { $0.message == message })
        let error = await #expect(throws: JoinFailure.self) { try await call.run(service) }
        #expect(error?.code == .ruleFailed)
        let lines = journal.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.allSatisfy { $0.hasPrefix("error \(message) [") && $0.contains("Oops()") }, "\(lines)")
    }

    @Test(
        "A refused login names its client",
        arguments: [
            ([192, 0, 2, 1], "192.0.2.1"), ([0, 0, 0, 0], "0.0.0.0"),
            (Array(repeating: 0, count: 10) + [255, 255, 192, 0, 2, 1], "192.0.2.1"),
            ([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1] + Array(repeating: 7, count: 8), "2001:db8:0:1::/64"),
            (Array(repeating: 0, count: 15) + [1], "0:0:0:0::/64"),
        ] as [([UInt8], String)]
    )
    func client(_ address: [UInt8], _ text: String) async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let service = JoinService(store: try await world(), clock: SettableClock().wallClock, logger: logger)
        let client = try #require(JoinClient(address: address))
        #expect("\(client)" == text)
        _ = await service.respond(to: request(token: "wrong"), from: client)
        _ = await service.respond(to: request(token: "wrong"))
        let lines = journal.lines.withLock { $0 }
        #expect(lines.map { $0.contains("\"client\": \(text)") } == [true, false])
    }

    @Test("Every line has the id of its request and the client, where they are known")
    func idAndClient() async throws {
        let journal = Journal()
        let logger = Logger(label: "test") { _ in Handler(journal: journal) }
        let store = try await world()
        let service = JoinService(store: store, clock: SettableClock().wallClock, logger: logger)
        let client = JoinClient(address: [192, 0, 2, 1])
        let requests = [
            request(), request(token: "wrong"),
            request("roomId=nowhere"),
        ]
        for request in requests {
            _ = await service.respond(to: request, from: client, id: "7\nf")
            _ = try await service.join(request, from: client, id: "7\nf")
        }
        store.failNextCalls(1)
        let fields = [(name: "X-User-Id", value: "u1"), (name: "X-Auth-Token", value: "secret")]
        _ = await service.respond(headerFields: fields, query: "roomId=r1", from: client, id: "7\nf")
        let lines = journal.lines.withLock { $0 }
        #expect(lines.count == 7)
        let named = #""client": 192.0.2.1"#
        #expect(lines.allSatisfy { $0.contains(named) && $0.contains(#""request": "7\nf""#) }, "\(lines)")
    }

    @Test("A request and a failure print no token")
    func printing() throws {
        var dumped = ""
        dump(request(token: "wrong-secret"), to: &dumped)
        let said = dumped + "\(request(token: "wrong-secret"))" + String(reflecting: request(token: "wrong-secret"))
        #expect(!said.contains("wrong-secret"))
        #expect(!said.contains(LivechatToken("wrong-secret").digest.base64))
    }

    @Test("Outcomes and refusals in words", arguments: JoinStep.allCases.flatMap(\.refusals))
    func words(_ refusal: JoinRefusal) {
        #expect("\(JoinOutcome.refused(refusal))" == "refused: \(refusal)")
        #expect(!"\(refusal)".isEmpty)
    }
}
