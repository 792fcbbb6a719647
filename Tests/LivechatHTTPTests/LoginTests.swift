#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import Logging
import ServerTesting
import Synchronization
import Testing

@Suite("A host's other endpoints: who asks, and what they may do")
struct LoginTests {
    struct Context: LivechatRequestContext {
        var coreContext: CoreRequestContextStorage
        var livechatUser: LivechatUserID?

        init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let path: String
        let user: String
        let token: String
        let status: Int
        let body: String
        var testDescription: String { "\(path) \(user) \(status)" }
    }

    static let notLoggedIn = #"{"status":"error","message":"You must be logged in to do this."}"#
    static let lacksPermission =
        #"{"success":false,"error":"User does not have the permissions required for this action "#
        + #"[error-unauthorized]"}"#

    /// Who is let through to a route that says who it is.
    static let rows = [
        Row(path: "/me", user: "ann", token: "ann's token", status: 200, body: "ann"),
        Row(path: "/me", user: "bob", token: "bob's token", status: 200, body: "bob"),
        Row(path: "/me", user: "ann", token: "bob's token", status: 401, body: notLoggedIn),
        Row(path: "/me", user: "ina", token: "ina's token", status: 401, body: notLoggedIn),
        Row(path: "/me", user: "ann", token: "old", status: 401, body: notLoggedIn),
        Row(path: "/agents", user: "ann", token: "ann's token", status: 200, body: "ann"),
        Row(path: "/agents", user: "bob", token: "bob's token", status: 403, body: lacksPermission),
        Row(path: "/agents", user: "bob", token: "ann's token", status: 401, body: notLoggedIn),
        // The host has a session of its own, in which the user's name is enough.
        Row(path: "/session", user: "ann", token: "", status: 200, body: "ann"),
        Row(path: "/session", user: "bob", token: "", status: 403, body: lacksPermission),
        Row(path: "/session", user: "ina", token: "", status: 401, body: notLoggedIn),
        Row(path: "/session", user: "nobody", token: "", status: 401, body: notLoggedIn),
        Row(path: "/session", user: "", token: "", status: 401, body: notLoggedIn),
        Row(path: "/session/join?roomId=served", user: "ann", token: "", status: 200, body: #"{"success":true}"#),
        Row(path: "/session/join?roomId=served", user: "", token: "ann's token", status: 401, body: notLoggedIn),
        Row(
            path: "/session/join?roomId=served",
            user: "bob",
            token: "",
            status: 403,
            body: lacksPermission
        ),
        Row(
            path: "/session/join",
            user: "ann",
            token: "",
            status: 400,
            body: #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","errorType":"#
                + #""invalid-params"}"#
        ),
    ]

    private static func test(
        _ store: InMemoryJoinStore,
        _ body: @Sendable (TestClient) async throws -> Void
    ) async throws {
        let service = Fixture.service(store)
        let router = Router(context: Context.self)
        let answer: @Sendable (Request, Context) async throws -> String = { _, context in
            context.livechatUser?.string ?? "nobody"
        }
        router.group("me").add(middleware: LivechatLogin(service)).get(use: answer)
        router.group("agents").add(middleware: LivechatLogin(service, requiring: "view-l-room")).get(use: answer)
        let who: @Sendable (Request, Context) async -> JoinCredentials? = { request, _ in
            LivechatUserID(requested: request.headers[.authorization] ?? "").map { .verified($0) }
        }
        let session = LivechatLogin<Context>(service, requiring: "view-l-room", credentials: who)
        router.group("session").add(middleware: session).get(use: answer)
        router.addLivechatJoin(service, at: "session/join", credentials: who)
        router.group("chat").addLivechatJoin(service, at: "join")
        try await Application(router: router).test(.router, body)
    }

    private static var requestID: HTTPField.Name {
        get throws { try #require(HTTPField.Name("X-Request-Id")) }
    }

    private static func headers(_ row: Row) throws -> HTTPFields {
        var headers: HTTPFields = [.authorization: row.user]
        headers[try #require(HTTPField.Name("X-User-Id"))] = row.user
        headers[try #require(HTTPField.Name("X-Auth-Token"))] = row.token
        headers[try requestID] = "mine"
        return headers
    }

    @Test("Who is let through", arguments: rows)
    func row(_ row: Row) async throws {
        try await Self.test(await Fixture.store()) { client in
            let response = try await client.execute(uri: row.path, method: .get, headers: Self.headers(row))
            #expect(response.status.code == row.status)
            #expect(response.text == row.body)
            #expect(try response.headers[values: Self.requestID] == ["mine"])
        }
    }

    @Test(
        "What a handler answers or throws has the id of its request, or the handler's own",
        arguments: ["/me", "/open"],
        [("/plain", 200, "mine"), ("/gone", 404, "mine"), ("/own", 200, "the host's")]
    )
    func passedOn(_ group: String, _ row: (path: String, status: Int, id: String)) async throws {
        let name = try Self.requestID
        let router = Router(context: Context.self)
        for routes in [
            router.group("me").add(middleware: LivechatLogin(Fixture.service(try await Fixture.store()))),
            router.group("open").add(middleware: LivechatRequestIDMiddleware()),
        ] {
            routes.get("plain") { _, context in "\(context.logger[metadataKey: "request"] ?? "")" }
            routes.get("gone") { _, _ -> String in throw HTTPError(.notFound, headers: [.location: "/"]) }
            routes.get("own") { _, _ in Response(status: .ok, headers: [name: "the host's"]) }
        }
        try await Application(router: router).test(.router) { client in
            let response = try await client.execute(
                uri: group + row.path,
                method: .get,
                headers: Self.headers(Self.rows[0])
            )
            #expect(response.status.code == row.status)
            #expect(response.headers[values: name] == [row.id])
            #expect(response.headers[.location] == (row.status == 404 ? "/" : nil))
            if row.path == "/plain" { #expect(response.text == "mine") }
        }
    }

    @Test(
        "An id in the path is decoded once",
        arguments: [
            ("r1", 200, "r1"), ("b%C3%BCro%201%2Fa", 200, "büro 1/a"), ("a+b", 200, "a+b"), ("a%2Bb", 200, "a+b"),
            ("100%25", 200, "100%"), ("%2525", 200, "%25"), ("50%", 200, "50%"), ("%zz", 200, "%zz"),
            ("%00", 400, "an id has a NUL byte"), ("%FF", 400, "an id is not UTF-8"),
            (String(repeating: "a", count: 257), 400, "an id has 257 bytes"),
        ]
    )
    func idInThePath(_ sent: String, _ status: Int, _ text: String) async throws {
        let router = Router()
        router.get("rooms/:room") { _, context in
            try context.parameters.require("room", as: LivechatRoomID.self).string
        }
        try await Application(router: router).test(.live) { client in
            let response = try await client.execute(uri: "/rooms/\(sent)", method: .get)
            #expect(response.status.code == status)
            #expect(status == 200 ? response.text == text : response.text.contains(text))
        }
    }

    @Test("A host's own limiter is answered 429 with the seconds to wait")
    func ownLimiter() async throws {
        let service = Fixture.service(try await Fixture.store())
        let clock = SettableClock()
        let passwords = AttemptLimiter<LivechatUserID>(
            JoinRateLimit(requests: 1, seconds: 40),
            clock: clock.wallClock
        )
        let router = Router()
        router.post("login") { request, context -> Response in
            let refusal = passwords.attempt(for: "ann").refusal ?? .notLoggedIn(.unknown)
            return service.profile.response(to: refusal).response(from: request, context: context)
        }
        try await Application(router: router).test(.router) { client in
            for (status, retryAfter) in [(401, nil), (429, "40")] as [(Int, String?)] {
                let response = try await client.execute(uri: "/login", method: .post, headers: [:])
                #expect(response.status.code == status)
                #expect(response.headers[.retryAfter] == retryAfter)
            }
        }
    }

    @Test("A host's own route gets the id of the request that our answers carry", arguments: [true, false])
    func ownRoute(_ isLive: Bool) async throws {
        let router = Router(context: Context.self)
        router.get("own") { request, context in request.livechatRequestID(context) }
        router.group("me").add(middleware: LivechatLogin(Fixture.service(try await Fixture.store()))).get {
            request,
            context in
            "\(context.logger[metadataKey: "request"] ?? "") \(request.livechatRequestID(context))"
        }
        let row = Row(path: "/me", user: "ann", token: "ann's token", status: 200, body: "")
        try await Application(router: router).test(isLive ? .live : .router) { client in
            var headers = try Self.headers(row)
            #expect(try await client.execute(uri: "/own", method: .get, headers: headers).text == "mine")
            #expect(try await client.execute(uri: "/me", method: .get, headers: headers).text == "mine mine")
            headers[try Self.requestID] = nil
            let made = try await client.execute(uri: "/me", method: .get, headers: headers).text.split(separator: " ")
            #expect(made.count == 2)
            // Only a running application gives a request an id of its own.
            #expect(!isLive || made.first == made.last)
        }
    }

    @Test("Where the host finds nobody, the headers of somebody count for nothing", arguments: ["me", "join"])
    func nobody(_ path: String) async throws {
        let service = Fixture.service(try await Fixture.store())
        let router = Router(context: Context.self)
        router.group("me").add(middleware: LivechatLogin(service, credentials: { _, _ in nil })).get { _, _ in "in" }
        router.addLivechatJoin(service, at: "join", credentials: { _, _ in nil })
        try await Application(router: router).test(.router) { client in
            let uri = "/\(path)?roomId=served"
            let response = try await client.execute(uri: uri, method: .get, headers: Self.headers(Self.rows[0]))
            #expect(response.status == .unauthorized)
            #expect(response.text == Self.notLoggedIn)
        }
    }

    @Test("What a session throws has the id of the request", arguments: ["me", "join"])
    func sessionFails(_ path: String) async throws {
        let service = Fixture.service(try await Fixture.store())
        let router = Router(context: Context.self)
        let fail: @Sendable (Request, Context) async throws -> JoinCredentials? = { _, _ in throw HTTPError(.badGateway)
        }
        router.group("me").add(middleware: LivechatLogin(service, credentials: fail)).get { _, _ in "in" }
        router.addLivechatJoin(service, at: "join", credentials: fail)
        try await Application(router: router).test(.router) { client in
            let uri = "/\(path)?roomId=served"
            let response = try await client.execute(uri: uri, method: .get, headers: Self.headers(Self.rows[0]))
            #expect(response.status == .badGateway)
            #expect(try response.headers[values: Self.requestID] == ["mine"])
        }
    }

    @Test("A store that fails lets nobody through", arguments: ["/me", "/agents", "/session"])
    func failing(_ path: String) async throws {
        struct Oops: Error {}
        let store = try await Fixture.store()
        try await Self.test(store) { client in
            store.failNextCalls(1, with: Oops())
            let row = Row(path: path, user: "ann", token: "ann's token", status: 503, body: "")
            let response = try await client.execute(uri: path, method: .get, headers: Self.headers(row))
            #expect(response.status.code == row.status)
            #expect(response.text == #"{"success":false,"error":"Service Unavailable"}"#)
            #expect(try response.headers[values: Self.requestID] == ["mine"])
        }
    }

    @Test("Too many failed logins are 429 with the limit's headers, and a good one is let through")
    func tooMany() async throws {
        let limiter = JoinLimiter(requests: nil, logins: JoinRateLimit(requests: 1))
        let service = JoinService(store: try await Fixture.store(), limiter: limiter)
        let router = Router(context: Context.self)
        router.group("me")
            .add(middleware: LivechatLogin(service, client: { _, _ in JoinClient(address: [192, 0, 2, 1]) }))
            .get { _, context in context.livechatUser?.string ?? "nobody" }
        try await Application(router: router).test(.router) { client in
            let limit = try #require(HTTPField.Name("X-RateLimit-Limit"))
            for (row, status) in [(Self.rows[2], 401), (Self.rows[2], 429), (Self.rows[0], 200)] {
                let response = try await client.execute(uri: "/me", method: .get, headers: Self.headers(row))
                #expect(response.status.code == status)
                #expect(response.headers[limit] == (status == 429 ? "1" : nil))
            }
        }
    }

    @Test(
        "What a store refuses has a status of its own",
        arguments: [("/empty", 400), ("/gone", 404), ("/taken", 409), ("/used", 409), ("/failed", 503)]
    )
    func errors(_ path: String, _ status: Int) async throws {
        let store = try await Fixture.store()
        try await store.restrict("livechat-agent", to: ["view-l-room"])
        let router = Router()
        router.get("empty") { request, _ in try LivechatUserID(request.uri.query ?? "").string }
        router.get("gone") { _, _ in
            try await store.closeRoom("nowhere")
            return ""
        }
        router.get("taken") { _, _ in
            try await store.addUser("ann")
            return ""
        }
        router.get("used") { _, _ in
            try await store.removeRole("livechat-agent")
            return ""
        }
        router.get("failed") { _, _ -> String in throw LivechatStoreError(.storage, "/path/chat.db failed") }
        try await Application(router: router).test(.router) { client in
            let response = try await client.execute(uri: path, method: .get, headers: [:])
            #expect(response.status.code == status)
            #expect(response.text.hasPrefix(#"{"success":false,"error":""#))
            if status == 400 { #expect(response.text.contains("an id is empty, an id has 1 to 256 bytes")) }
            #expect(!response.text.contains("chat.db"))
        }
    }

    @Test("A store that fails behind the login is logged with the id of the answer", arguments: ["mine", nil])
    func logged(_ sent: String?) async throws {
        let journal = Journal()
        let router = Router(context: Context.self)
        router.group("me").add(middleware: LivechatLogin(Fixture.service(try await Fixture.store())))
            .get { _, _ -> String in throw LivechatStoreError(.storage, "chat.db failed") }
            .get("gone") { _, _ -> String in throw LivechatStoreError(.notFound, "there is none") }
        let logger = Logger(label: "test") { _ in journal }
        try await Application(router: router, logger: logger).test(.router) { client in
            var headers = try Self.headers(Self.rows[0])
            headers[try Self.requestID] = sent
            let gone = try await client.execute(uri: "/me/gone", method: .get, headers: headers)
            #expect(gone.status == .notFound)
            let failed = try await client.execute(uri: "/me", method: .get, headers: headers)
            #expect(failed.status == .serviceUnavailable)
            let id = try #require(failed.headers[Self.requestID])
            if let sent { #expect(id == sent) }
            #expect(journal.lines.all.withLock { $0 } == ["store failed \(id) chat.db failed"])
        }
    }

    @Test("In a group the endpoint has the rest of the path")
    func group() async throws {
        try await Self.test(await Fixture.store()) { client in
            let headers = try Self.headers(Self.rows[0])
            let response = try await client.execute(uri: "/chat/join?roomId=served", method: .get, headers: headers)
            #expect(response.text == #"{"success":true}"#)
        }
    }
}
#endif
