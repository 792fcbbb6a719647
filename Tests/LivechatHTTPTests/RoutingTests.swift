#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import NIOCore
import ServerTesting
import Testing

private struct NotReady: Error {}

@Suite("Methods, paths and sizes")
struct RoutingTests {
    static let methods: [HTTPRequest.Method] = [.post, .put, .patch, .delete, .options, .trace, .connect]

    @Test("A size without a limit is a size like any other", arguments: [Int.max, 0, -1])
    func extremes(_ limit: Int) async throws {
        var options = JoinHTTPOptions()
        options.maximumTargetBytes = limit
        options.maximumHeaderBytes = limit
        let application = Fixture.application(Fixture.service(try await Fixture.store()), options: options)
        try await application.test(.router) { client in
            let response = try await client.execute(uri: "/livez", method: .get)
            #expect(response.status == (limit == .max ? .ok : .init(code: 414)))
        }
    }

    @Test("Another method is 405", arguments: methods, Entrance.allCases)
    func method(_ method: HTTPRequest.Method, _ entrance: Entrance) async throws {
        let store = try await Fixture.store()
        try await entrance.test(Fixture.service(store)) { client in
            let row = Row.contract[0]
            let response = try await client.execute(uri: row.uri, method: method, headers: row.headers)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[values: .allow] == ["GET"])
            #expect(response.headers[values: .contentType] == ["application/json"])
            #expect(response.text == #"{"success":false,"error":"Method Not Allowed"}"#)
        }
        #expect(try await store.events(after: 0).isEmpty)
    }

    @Test(
        "The application knows no other path and no other method",
        arguments: [
            ("GET", "/livez", 200, #"{"success":true}"#),
            ("GET", "/livez?verbose", 200, #"{"success":true}"#),
            ("GET", "/readyz", 200, #"{"success":true}"#),
            ("POST", "/livez", 405, #"{"success":false,"error":"Method Not Allowed"}"#),
            ("DELETE", "/readyz", 405, #"{"success":false,"error":"Method Not Allowed"}"#),
            ("BREW", JoinRequest.path, 405, #"{"success":false,"error":"Method Not Allowed"}"#),
            ("get", JoinRequest.path, 405, #"{"success":false,"error":"Method Not Allowed"}"#),
            ("GET", "/", 404, #"{"success":false,"error":"Not Found"}"#),
            ("GET", JoinRequest.path + "/", 404, #"{"success":false,"error":"Not Found"}"#),
            ("GET", JoinRequest.path + "#?roomId=served", 400, Row.Answer.missing.body),
            ("POST", "/nowhere", 404, #"{"success":false,"error":"Not Found"}"#),
            ("OPTIONS", "*", 404, #"{"success":false,"error":"Not Found"}"#),
        ]
    )
    func path(_ method: String, _ path: String, _ status: Int, _ body: String) async throws {
        let method = try #require(HTTPRequest.Method(method))
        try await Fixture.application(Fixture.service(await Fixture.store())).test(.router) { client in
            let response = try await client.execute(uri: path, method: method, headers: Row.contract[0].headers)
            #expect(response.status.code == status)
            #expect(response.text == body)
            #expect(response.headers[values: .contentType] == ["application/json"])
        }
    }

    @Test("A HEAD is answered without a body, and the next request on the connection is read right")
    func head() async throws {
        for entrance in Entrance.allCases {
            try await entrance.test(Fixture.service(await Fixture.store()), .live) { client in
                let row = Row.contract[0]
                let refused = try await client.execute(uri: row.uri, method: .head, headers: row.headers)
                #expect(refused.status == .methodNotAllowed)
                #expect(refused.headers[.contentLength] == "46")
                #expect(refused.body.readableBytes == 0)
                let joined = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
                #expect(joined.text == #"{"success":true}"#)
            }
        }
    }

    @Test("Not ready is 503, and alive all the same")
    func notReady() async throws {
        let application = Fixture.application(Fixture.service(try await Fixture.store())) { throw NotReady() }
        try await application.test(.router) { client in
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.text == #"{"success":false,"error":"Service Unavailable"}"#)
            let alive = try await client.execute(uri: "/livez", method: .get)
            #expect(alive.status == .ok)
        }
    }

    @Test(
        "A target up to 8 KiB is read, a longer one is 414",
        arguments: [
            (8_192, 400), (8_193, 414), (20_000, 414),
        ],
        Entrance.allCases
    )
    func target(_ size: (bytes: Int, status: Int), _ entrance: Entrance) async throws {
        let start = JoinRequest.path + "?roomId="
        let uri = start + String(repeating: "r", count: size.bytes - start.utf8.count)
        try await entrance.test(Fixture.service(await Fixture.store()), .live) { client in
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
        ],
        Entrance.allCases
    )
    func headers(_ size: (bytes: Int, status: Int), _ entrance: Entrance) async throws {
        let padding = try #require(HTTPField.Name("Padding"))
        try await entrance.test(Fixture.service(await Fixture.store())) { client in
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

    @Test("The bounds are the host's to set", arguments: Entrance.allCases)
    func bounds(_ entrance: Entrance) async throws {
        var options = JoinHTTPOptions()
        options.maximumTargetBytes = 10
        try await entrance.test(Fixture.service(await Fixture.store()), options: options) { client in
            let response = try await client.execute(uri: JoinRequest.path, method: .get)
            #expect(response.status.code == 414)
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
