#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import Logging
import ServerTesting
import Testing

@Suite("C10: rate limits over a socket")
struct RateLimitTests {
    /// A server that limits its clients, on a clock that stands still.
    private struct Limited {
        let port: Int
        let now: LivechatTimestamp

        /// Asks to join, on a connection of its own.
        func ask(token: String = Fixture.token, from clients: [String] = []) async throws -> Wire.Response {
            let fields = [(name: "X-User-Id", value: Fixture.agent), (name: "X-Auth-Token", value: token)]
            let forwarded = clients.map { (name: "X-Forwarded-For", value: $0) }
            return try await Wire.ask(port: port, target: Fixture.path + "?roomId=served", fields + forwarded)
        }

        static func serving(
            _ requests: Int?,
            logins: Int? = nil,
            proxies: Int = 0,
            logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            _ body: (Limited) async throws -> Void
        ) async throws {
            let now = LivechatClock.system.now
            let service = JoinService(
                store: try await Fixture.store(),
                limiter: JoinLimiter(
                    requests: requests.map { JoinRateLimit(requests: $0, seconds: 90) },
                    logins: logins.map { JoinRateLimit(requests: $0, seconds: 90) }
                ),
                clock: LivechatClock { now },
                logger: logger
            )
            var options = Fixture.options
            options.trustedProxies = proxies
            try await JoinServer.with(service, options: options, logger: logger) { port, _ in
                try await body(Limited(port: port, now: now))
            }
        }
    }

    private static let tooMany =
        #"{"success":false,"error":"Error, too many requests. Please slow down. You must wait 90 seconds "#
        + #"before trying this endpoint again. [error-too-many-requests]"}"#

    @Test("A client counts over all its connections; a 401 costs nothing; then it is 429, with what is left")
    func spent() async throws {
        try await Limited.serving(2) { server in
            var answers = [try await server.ask()]
            for _ in 0..<3 { answers.append(try await server.ask(token: "wrong")) }
            for _ in 0..<2 { answers.append(try await server.ask()) }
            #expect(answers.map(\.status) == [200, 401, 401, 401, 200, 429])
            #expect(answers.last?.body == Self.tooMany)
            let remaining = ["1", nil, nil, nil, "0", "0"]
            #expect(answers.map { $0.headers["x-ratelimit-remaining"] } == remaining)
            #expect(answers.map { $0.headers["x-ratelimit-limit"] } == remaining.map { $0.map { _ in "2" } })
            let reset = "\(server.now.milliseconds + 90_000)"
            #expect(answers.map { $0.headers["x-ratelimit-reset"] } == remaining.map { $0.map { _ in reset } })
            // What is not the route is not limited.
            let livez = try await Wire.ask(port: server.port, target: "/livez", [])
            #expect(livez.status == 200 && livez.headers["x-ratelimit-limit"] == nil)
        }
    }

    @Test("Requests on one connection count one by one, to the byte")
    func pipelined() async throws {
        try await Limited.serving(1) { server in
            let request = "GET \(Fixture.path)?roomId=entered HTTP/1.1\r\nHost: x\r\n\(Fixture.credentials)\r\n"
            let last = Fixture.get(Fixture.path + "?roomId=entered")
            var joined = Answer.joined
            joined.fields =
                "X-RateLimit-Limit: 1\r\nX-RateLimit-Remaining: 0\r\n"
                + "X-RateLimit-Reset: \(server.now.milliseconds + 90_000)\r\n"
            var refused = Answer("429 Too Many Requests", Self.tooMany)
            refused.fields = joined.fields + "Retry-After: 90\r\n"
            let answers = try await Wire.exchange(port: server.port, request + request + last)
            #expect(answers == joined.kept + refused.kept + refused.bytes())
        }
    }

    @Test("Failed logins have a budget of their own, which refuses no good credentials")
    func logins() async throws {
        try await Limited.serving(nil, logins: 2) { server in
            var answers: [Wire.Response] = []
            for _ in 0..<3 { answers.append(try await server.ask(token: "wrong")) }
            #expect(answers.map(\.status) == [401, 401, 429])
            #expect(answers.last?.body == Self.tooMany)
            #expect(try await server.ask().status == 200)
        }
    }

    @Test("Without trusted proxies X-Forwarded-For is ignored, with one warning")
    func ignored() async throws {
        let lines = Lines()
        try await Limited.serving(2, logger: lines.logger) { server in
            var statuses: [Int] = []
            for client in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
                statuses.append(try await server.ask(from: [client]).status)
            }
            #expect(statuses == [200, 200, 429])
        }
        #expect(lines.all.count { $0.contains("X-Forwarded-For is ignored") } == 1)
    }

    @Test("Behind proxies each client has its own budget, whatever it sends itself", arguments: [1, 2])
    func behind(_ proxies: Int) async throws {
        let inner = proxies == 1 ? "" : ", 198.51.100.1"
        let requests: [(fields: [String], status: Int)] = [
            (["192.0.2.1"], 200), (["192.0.2.2"], 200), (["203.0.113.7, 192.0.2.1:7"], 429),
            (["203.0.113.8", "192.0.2.1"], 429),
            // Those that no proxy names share what the peer has.
            (["203.0.113.9, unknown"], 200), (["127.0.0.1"], 429),
        ]
        try await Limited.serving(1, proxies: proxies) { server in
            for (fields, status) in requests {
                let sent: [String] = fields.dropLast() + [(fields.last ?? "") + inner]
                let answer = try await server.ask(from: sent)
                #expect(answer.status == status, "\(sent)")
            }
            let unnamed = try await server.ask()
            #expect(unnamed.status == 429)
        }
    }
}
#endif
