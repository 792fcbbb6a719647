#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import ServerTesting
import Synchronization
import Testing

@Suite("Paths, methods and answers, byte for byte")
struct RouteTests {
    static let targets: [(String, Answer)] = [
        ("\(Fixture.path)?roomId=served", Answer.joined),
        ("\(Fixture.path)?roomId=entered", .joined),
        ("\(Fixture.path)?roomId=nowhere", .noSuchRoom),
        ("\(Fixture.path)?roomId=%73erved", .joined),
        ("\(Fixture.path)?roomId=served#there", .joined),
        ("\(Fixture.path)?", .missing),
        (Fixture.path, .missing),
        ("\(Fixture.path)#?roomId=served", .missing),
        // Unreserved letters, encoded (RFC 3986, section 6.2.2.2).
        ("/api/v1/livechat/room%2Ejoin?roomId=served", .joined),
        ("/api/v1/livechat/room%2ejoin?roomId=served", .joined),
        ("/%61pi/v%31/livech%61t/room.join?roomId=served", .joined),
        ("/%61%70%69/v1/livechat/room.join?roomId=served", .joined),
        ("/%6Civez", .joined),
        ("/live%7A", .joined),
        // A reserved one, encoded, is another; so is what is encoded twice, or badly.
        ("/api%2Fv1/livechat/room.join?roomId=served", .notFound),
        ("/api/v1/livechat/room%252Ejoin?roomId=served", .notFound),
        ("/api/v1/livechat/room%2", .notFound),
        ("/api/v1/livechat/room%2Gjoin", .notFound),
        ("/api/v1/livechat/room.join%00", .notFound),
        ("/api/v1/livechat/room.join%", .notFound),
        // Absolute form (RFC 9112, section 3.2.2).
        ("http://x\(Fixture.path)?roomId=served", .joined),
        ("HTTP://other:80\(Fixture.path)?roomId=served", .joined),
        ("https://x\(Fixture.path)?roomId=served", .joined),
        ("http://x\(Fixture.path)", .missing),
        ("http://x?roomId=served", .notFound),
        ("http://x", .notFound),
        ("http://", .notFound),
        ("/livez", .joined),
        ("/livez?verbose", .joined),
        ("/readyz", .joined),
        ("/", .notFound),
        ("//", .notFound),
        ("/?", .notFound),
        ("\(Fixture.path)/", .notFound),
        ("/api/v1/livechat/room.joi", .notFound),
        ("/API/v1/livechat/room.join", .notFound),
    ]

    @Test("Targets", arguments: targets)
    func target(_ target: String, _ answer: Answer) async throws {
        let answered = try await Fixture.exchange(Fixture.get(target))
        #expect(answered == answer.bytes(), "\(target)")
    }

    static let methods: [(String, String, Answer)] =
        ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND"].map {
            ($0, "\(Fixture.path)?roomId=served", .methodNotAllowed("GET"))
        }
        + ["POST", "OPTIONS", "DELETE"].flatMap { method in
            ["/livez", "/readyz"].map { (method, $0, .methodNotAllowed("GET, HEAD")) }
        } + [
            ("HEAD", "/livez", .joined), ("HEAD", "/readyz", .joined), ("HEAD", "/", .notFound),
            ("POST", "/nowhere", .notFound), ("OPTIONS", "*", .notFound),
        ]

    @Test("Methods", arguments: methods)
    func method(_ method: String, _ target: String, _ answer: Answer) async throws {
        // What follows on the connection is read right, whatever body an answer would have had.
        let request = "\(method) \(target) HTTP/1.1\r\nHost: x\r\n\(Fixture.credentials)\r\n" + Exchange.last
        let answered = try await Fixture.exchange(request)
        #expect(
            answered == answer.bytes(connection: nil, isHead: method == "HEAD") + Exchange.lastAnswer,
            "\(method) \(target)"
        )
    }

    @Test("What the parser does not know as a method is 400", arguments: ["BREW", "get", "G ET"])
    func unknownMethod(_ method: String) async throws {
        let answered = try await Fixture.exchange("\(method) \(Fixture.path) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answered == Answer.badRequest.bytes())
    }

    static let odd: [(String, String)] = [
        ("HTTP/0.9", "GET /livez\r\n\r\n"),
        ("HTTP/2.0", "GET /livez HTTP/2.0\r\nHost: x\r\n\r\n"),
        ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("a greeting in TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n"),
        ("a header without a colon", "GET /livez HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n"),
        ("a header name with a space", "GET /livez HTTP/1.1\r\nHost: x\r\nX User: a\r\n\r\n"),
    ]

    @Test("What is not HTTP/1.1 is one 400", arguments: odd)
    func notHTTP(_ name: String, _ request: String) async throws {
        let answered = try await Fixture.exchange(request)
        #expect(answered == Answer.badRequest.bytes(), "\(name)")
    }

    static let users: [(String, [UInt8], Answer)] = [
        ("ann", Array("ann's token".utf8), .joined),
        (" \tann\t ", Array("  ann's token \t".utf8), .joined),
        (" ann", Array("ann's  token".utf8), .notLoggedIn),
        ("\u{00A0}ann", Array("ann's token".utf8), .notLoggedIn),
        ("\"ann\"", Array("ann's token".utf8), .notLoggedIn),
        ("   ", Array("ann's token".utf8), .notLoggedIn),
        ("ann", Array("ann's token".utf8) + [0xFF], .notLoggedIn),
        ("ann", Array("ann's".utf8) + [0x00] + Array("token".utf8), .badRequest),
        ("ann", Array("ann's".utf8) + [0x0B] + Array("token".utf8), .badRequest),
        ("ann", Array("ann's".utf8) + [0x7F] + Array("token".utf8), .badRequest),
    ]

    @Test("White space around a value is not part of it; nothing else is taken away", arguments: users)
    func values(_ userID: String, _ token: [UInt8], _ answer: Answer) async throws {
        let target = "GET \(Fixture.path)?roomId=served HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        let request = Array("\(target)x-USER-id:\(userID)\r\nX-AUTH-token:".utf8) + token + Array("\r\n\r\n".utf8)
        try await JoinServer.with(JoinService(store: await Fixture.store()), options: Fixture.options) { port, _ in
            let answered = try await Wire.exchange(port: port, request)
            #expect(String(decoding: answered, as: UTF8.self) == answer.bytes())
        }
    }

    @Test("A header sent twice is a wrong value", arguments: ["X-User-Id: ann\r\n", "X-Auth-Token: ann's token\r\n"])
    func twice(_ again: String) async throws {
        let target = "\(Fixture.path)?roomId=served"
        let answered = try await Fixture.exchange(Fixture.get(target, Fixture.credentials + again))
        #expect(answered == Answer.notLoggedIn.bytes())
    }

    @Test("A store that fails is 503, and so is what is not ready; it is alive all the same")
    func unavailable() async throws {
        struct NotReady: Error {}
        let store = try await Fixture.store()
        store.failNextCalls(1)
        let isReady = Mutex(false)
        let check: @Sendable () async throws -> Void = { if !isReady.withLock({ $0 }) { throw NotReady() } }
        let service = JoinService(store: store)
        try await JoinServer.with(service, options: Fixture.options, checkReadiness: check) { port, _ in
            let target = "\(Fixture.path)?roomId=served"
            let failed = try await Wire.exchange(port: port, Fixture.get(target))
            #expect(failed == Answer.unavailable.bytes())
            let notReady = try await Wire.exchange(port: port, Fixture.get("/readyz"))
            #expect(notReady == Answer.unavailable.bytes())
            let alive = try await Wire.exchange(port: port, Fixture.get("/livez"))
            #expect(alive == Answer.joined.bytes())
            isReady.withLock { $0 = true }
            let ready = try await Wire.exchange(port: port, Fixture.get("/readyz"))
            #expect(ready == Answer.joined.bytes())
        }
    }
}
#endif
