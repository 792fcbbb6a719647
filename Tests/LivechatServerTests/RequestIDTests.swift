#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import Logging
import ServerTesting
import Testing

@Suite("C16: the id of a request")
struct RequestIDTests {
    private static let visible = String(decoding: 0x21...0x7E, as: UTF8.self)
    private static let plain = visible.filter { !#"",\"#.contains($0) }
    private static let long = String(repeating: "i", count: 128)

    /// What is sent, and the id in the answer; nil is one that is made.
    static let sent: [([String], String?)] =
        ["a", "7f3c", "Root=1-67891233-abcdef;Self=x/y+z:0", plain, long].map { (id: String) in
            (["X-Request-Id: \(id)"], id)
        }
        + ["x-request-id:a", "X-REQUEST-ID: \t a \t"].map { ([$0], "a") }
        + [
            "", "  ", "a b", "a\tb", "\"a\"", "a\"b", "a,b", #"a\b"#, "é", "\u{A0}", long + "i", visible,
        ].map { (id: String) in (["X-Request-Id: \(id)"], nil) }
        + [(["X-Request-Id: a", "X-Request-Id: a"], nil), (["X-Request-Id: a", "X-Request-Id:"], nil)]

    @Test("The client's, where it is plain, else one that is made", arguments: sent)
    func clientsOwn(_ headers: [String], _ id: String?) async throws {
        let request = Fixture.get("/livez", headers.map { $0 + "\r\n" }.joined())
        let answered = try await Fixture.exchange(request)
        #expect(answered == Answer.joined.bytes(requestID: id ?? "made"))
    }

    static let requests: [(String, String, String, Answer)] = [
        ("GET", "\(Fixture.path)?roomId=served", Fixture.credentials, .joined),
        ("GET", "\(Fixture.path)?roomId=nowhere", Fixture.credentials, .noSuchRoom),
        ("GET", "\(Fixture.path)?roomId=served", "", .notLoggedIn),
        ("POST", Fixture.path, "", .methodNotAllowed("GET")),
        ("GET", "/nowhere", "", .notFound),
        ("GET", "/readyz", "", .joined),
        // Those that break a rule.
        ("GET", "/livez", "Host: y\r\n", .badRequest),
        ("GET", "/livez", "Transfer-Encoding: gzip\r\n", .badRequest),
        ("GET", "/" + String(repeating: "t", count: 8_192), "", .targetTooLong),
        ("GET", "/livez", "Padding: \(String(repeating: "p", count: 17_000))\r\n", .headersTooLarge),
        ("GET", "/livez", "Content-Length: 65537\r\n\r\n\(String(repeating: "b", count: 65_537))", .bodyTooLarge),
        ("GET", "/livez", "Transfer-Encoding: chunked\r\n\r\nzz", .badRequest),
    ]

    @Test("It stands in every answer", arguments: requests)
    func answers(_ method: String, _ target: String, _ headers: String, _ answer: Answer) async throws {
        let head = "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: mine\r\n"
        let answered = try await Fixture.exchange(head + headers + "\r\n")
        #expect(answered == answer.bytes(requestID: "mine"))
    }

    @Test("Each request on a connection has its own, joins among them")
    func pipelined() async throws {
        func request(_ room: String, _ id: String) -> String {
            "GET \(Fixture.path)?roomId=\(room) HTTP/1.1\r\nHost: x\r\n\(Fixture.credentials)X-Request-Id: \(id)\r\n\r\n"
        }
        let requests = request("served", "one") + request("nowhere", "two") + request("other", "three") + Exchange.last
        let answered = try await Fixture.exchange(requests)
        #expect(
            answered == Answer.joined.bytes(connection: nil, requestID: "one")
                + Answer.noSuchRoom.bytes(connection: nil, requestID: "two")
                + Answer.joined.bytes(connection: nil, requestID: "three") + Exchange.lastAnswer
        )
    }

    @Test("No two that are made are the same, and each is short and plain")
    func made() async throws {
        var ids: Set<String> = []
        try await JoinServer.with(JoinService(store: await Fixture.store())) { port, _ in
            for _ in 0..<100 {
                let answer = try await Wire.ask(port: port, target: "/livez", [])
                let id = try #require(answer.headers["x-request-id"])
                #expect(
                    (1...13).contains(id.utf8.count) && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                )
                ids.insert(id)
            }
        }
        #expect(ids.count == 100)
    }

    struct NotReady: Error {}

    @Test("It stands in every line about the request, and so does the client", arguments: [0, 1])
    func lines(_ proxies: Int) async throws {
        let lines = Lines()
        let store = try await Fixture.store()
        var options = Fixture.options
        options.trustedProxies = proxies
        let service = JoinService(store: store, logger: lines.logger(.debug))
        let logger = lines.logger(.debug)
        let check: @Sendable () async throws -> Void = { throw NotReady() }
        try await JoinServer.with(service, options: options, logger: logger, checkReadiness: check) { port, _ in
            func ask(_ target: String, _ id: String, token: String = Fixture.token) async throws {
                let fields = ["X-User-Id": Fixture.agent, "X-Auth-Token": token, "X-Request-Id": id]
                let forwarded = [(name: "X-Forwarded-For", value: "192.0.2.7")]
                _ = try await Wire.ask(port: port, target: target, fields.map { (name: $0, value: $1) } + forwarded)
            }
            let room = "\(Fixture.path)?roomId="
            try await ask(room + "served", "wrong", token: "a wrong secret")
            try await ask(room + "foreign", "refused")
            try await ask(room + "served", "joined")
            store.failNextCalls(1)
            try await ask(room + "served", "failed")
            try await ask("/readyz", "unready")
        }
        let said = lines.entries.filter { $0.metadata["request"] != nil }.map { "\($0.metadata["request"] ?? "")" }
        let ignored = proxies == 0 ? ["wrong"] : []
        #expect(said == ignored + ["wrong", "refused", "joined", "failed", "unready"])
        let client = proxies == 0 ? "127.0.0.1" : "192.0.2.7"
        for line in lines.entries {
            if line.metadata["request"] != nil { #expect(line.metadata["client"].map { "\($0)" } == client, "\(line)") }
            #expect(!"\(line)".contains("secret") && !"\(line)".contains(Fixture.token))
        }
    }
}
#endif
