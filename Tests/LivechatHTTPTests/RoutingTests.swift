#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import Logging
import NIOCore
import ServerTesting
import Testing

@Suite("Methods, paths and sizes")
struct RoutingTests {
    static let methods: [HTTPRequest.Method] = [.post, .put, .patch, .delete, .options, .trace, .connect]

    @Test("Another method is 405", arguments: methods)
    func method(_ method: HTTPRequest.Method) async throws {
        let store = try await Fixture.store()
        try await Fixture.test(Fixture.service(store)) { client in
            let row = Row.contract[0]
            let response = try await client.execute(uri: row.uri, method: method, headers: row.headers)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[values: .allow] == ["GET"])
            #expect(response.headers[values: .contentType] == ["application/json"])
            #expect(response.text == #"{"success":false,"error":"Method Not Allowed"}"#)
        }
        #expect(try await store.events(after: 0, kinds: [.joined]).isEmpty)
    }

    @Test("A HEAD is answered without a body, and the next request on the connection is read right")
    func head() async throws {
        try await Fixture.test(Fixture.service(await Fixture.store()), .live) { client in
            let row = Row.contract[0]
            let refused = try await client.execute(uri: row.uri, method: .head, headers: row.headers)
            #expect(refused.status == .methodNotAllowed)
            #expect(refused.headers[.contentLength] == "46")
            #expect(refused.body.readableBytes == 0)
            let joined = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
            #expect(joined.text == #"{"success":true}"#)
        }
    }

    @Test(
        "A target up to 8 KiB is read, a longer one is 414",
        arguments: [
            (8_192, 400), (8_193, 414), (20_000, 414),
        ]
    )
    func target(_ size: (bytes: Int, status: Int)) async throws {
        let start = JoinRequest.path + "?roomId="
        let uri = start + String(repeating: "r", count: size.bytes - start.utf8.count)
        try await Fixture.test(Fixture.service(await Fixture.store()), .live) { client in
            let response = try await client.execute(uri: uri, method: .get, headers: Row.contract[0].headers)
            #expect(response.status.code == size.status)
            if size.status == 414 {
                #expect(response.text == #"{"success":false,"error":"URI Too Long"}"#)
                #expect(response.headers[values: .contentType] == ["application/json"])
            }
        }
    }

    @Test(
        "The names and values of the headers may have 16 KiB together, else 431",
        arguments: [
            (16_384, 200), (16_385, 431), (30_000, 431),
        ]
    )
    func headers(_ size: (bytes: Int, status: Int)) async throws {
        let padding = try #require(HTTPField.Name("Padding"))
        try await Fixture.test(Fixture.service(await Fixture.store())) { client in
            var headers = Row.contract[0].headers
            let taken = headers.reduce("localhostPadding".utf8.count) {
                $0 + $1.name.rawName.utf8.count + $1.value.utf8.count
            }
            headers[padding] = String(repeating: "p", count: size.bytes - taken)
            let response = try await client.execute(uri: Row.contract[0].uri, method: .get, headers: headers)
            #expect(response.status.code == size.status)
            if size.status == 431 {
                #expect(response.text == #"{"success":false,"error":"Request Header Fields Too Large"}"#)
            }
        }
    }

    @Test("The bounds are the host's to set")
    func bounds() async throws {
        var options = JoinHTTPOptions()
        options.maximumTargetBytes = 10
        try await Fixture.test(Fixture.service(await Fixture.store()), options: options) { client in
            let response = try await client.execute(uri: JoinRequest.path, method: .get)
            #expect(response.status.code == 414)
        }
    }

    @Test("The host names the client that a request counts for, and what is left stands in the answer")
    func rateLimits() async throws {
        let now = LivechatClock.system.now
        let service = JoinService(
            store: try await Fixture.store(),
            limiter: JoinLimiter(requests: JoinRateLimit(requests: 1)),
            clock: LivechatClock { now }
        )
        let from = try #require(HTTPField.Name("From"))
        let names = try ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"].map {
            try #require(HTTPField.Name($0))
        }
        let router = Router()
        router.addLivechatJoin(service) { request, _ in
            request.headers[from].flatMap { UInt8($0) }.flatMap { JoinClient(address: [192, 0, 2, $0]) }
        }
        try await Application(router: router).test(.router) { client in
            let row = Row.contract[0]
            func answer(_ number: String?) async throws -> TestResponse {
                var headers = row.headers
                headers[from] = number
                return try await client.execute(uri: row.uri, method: .get, headers: headers)
            }
            for (number, status) in [("1", 200), ("1", 429), ("2", 200)] {
                let limited = try await answer(number)
                #expect(limited.status.code == status)
                #expect(names.map { limited.headers[$0] } == ["1", "0", "\(now.milliseconds + 60_000)"])
                #expect(limited.headers[.retryAfter] == (status == 429 ? "60" : nil))
            }
            for _ in 0..<2 {
                let unlimited = try await answer(nil)
                #expect(unlimited.status == .ok)
                #expect(names.allSatisfy { unlimited.headers[$0] == nil })
            }
        }
    }

    /// Keeps the id that Hummingbird has given each request.
    private struct Watcher<Context: RequestContext>: RouterMiddleware {
        let seen: AsyncStream<String>.Continuation

        @concurrent func handle(
            _ request: Request,
            context: Context,
            next: @concurrent (Request, Context) async throws -> Response
        ) async throws -> Response {
            seen.yield(context.logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "none")
            return try await next(request, context)
        }
    }

    @Test("The client's request id, where it is plain, or Hummingbird's, or a new one", arguments: [true, false])
    func requestIDs(_ isLive: Bool) async throws {
        let name = try #require(HTTPField.Name("X-Request-Id"))
        let (seen, announce) = AsyncStream.makeStream(of: String.self)
        var options = JoinHTTPOptions()
        options.maximumHeaderBytes = 500
        options.maximumTargetBytes = 500
        let router = Router()
        router.add(middleware: Watcher(seen: announce))
        router.addLivechatJoin(Fixture.service(try await Fixture.store()), options: options)
        try await Application(router: router).test(isLive ? .live : .router) { client in
            var own = seen.makeAsyncIterator()
            let row = Row.contract[0]
            let long = String(repeating: "x", count: 500)
            for (uri, method) in [
                (row.uri, HTTPRequest.Method.get), (row.uri, .post), (JoinRequest.path + "?roomId=nowhere", .get),
                (JoinRequest.path + "?" + long, .get), (JoinRequest.path + "?" + long, .put),
            ] {
                var headers = row.headers
                headers[name] = "mine"
                let named = try await client.execute(uri: uri, method: method, headers: headers)
                #expect(named.headers[values: name] == ["mine"])
                _ = await own.next()
                headers[name] = "not, plain"
                let other = try await client.execute(uri: uri, method: method, headers: headers)
                let hosts = try #require(await own.next())
                let id = try #require(other.headers[name])
                #expect(isLive ? id == hosts : (1...13).contains(id.utf8.count) && hosts == "none")
            }
        }
    }

    @Test("A router's group keeps its prefix")
    func group() async throws {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.group("chat").addLivechatJoin(Fixture.service(try await Fixture.store()))
        try await Application(router: router).test(.router) { client in
            let row = Row.contract[0]
            let joined = try await client.execute(uri: "/chat" + row.uri, method: .get, headers: row.headers)
            #expect(joined.text == #"{"success":true}"#)
            let elsewhere = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
            #expect(elsewhere.status == .notFound)
        }
    }
}
#endif
