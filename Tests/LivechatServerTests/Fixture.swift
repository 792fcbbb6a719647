#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import ServerTesting

/// What the tests of this target are about: one agent, and a room for every answer.
enum Fixture {
    static let agent = "ann"
    static let token = "ann's token"
    static let path = JoinRequest.path
    /// The headers that log the agent in.
    static let credentials = "X-User-Id: \(agent)\r\nX-Auth-Token: \(token)\r\n"
    /// When every answer is given.
    static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    static let clock = LivechatClock { LivechatTimestamp(milliseconds: 784_111_777_000) }

    static func store() async throws -> InMemoryJoinStore {
        let store = InMemoryJoinStore()
        try await store.addPermission("view-l-room")
        try await store.addRole("livechat-agent")
        try await store.grant("view-l-room", to: ["livechat-agent"])
        for user: LivechatUserID in ["ann", "bob"] {
            try await store.addUser(LivechatUser(id: user), roles: user == "ann" ? ["livechat-agent"] : [])
            let record = LivechatTokenRecord(createdAt: LivechatClock.system.now)
            try await store.addToken(LivechatToken("\(user)'s token"), for: user, record)
        }
        for room: LivechatRoomID in ["served", "other", "third"] {
            try await store.addRoom(LivechatRoom(id: room, servedBy: "ann"))
        }
        for room: LivechatRoom in ["entered", "foreign"] { try await store.addRoom(room) }
        try await store.addMember("ann", to: "entered")
        try await store.addRoom(LivechatRoom(id: "closed", isOpen: false, servedBy: "ann"))
        return store
    }

    static var options: JoinServerOptions {
        var options = JoinServerOptions()
        options.clock = clock
        options.makeRequestID = { "made" }
        return options
    }

    /// A request that ends its connection.
    static func get(_ target: String, _ headers: String = credentials) -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(headers)\r\n"
    }

    /// Runs a server on a new store and sends it bytes until it ends the connection.
    static func exchange(_ request: String, options: JoinServerOptions = options) async throws -> String {
        try await JoinServer.with(JoinService(store: await store()), options: options) { port, _ in
            try await Wire.exchange(port: port, request)
        }
    }
}

/// An answer, byte for byte.
struct Answer {
    static let joined = Answer("200 OK", #"{"success":true}"#)
    static let missing = Answer(
        "400 Bad Request",
        #"{"success":false,"error":"must have required property 'roomId' [invalid-params]","#
            + #""errorType":"invalid-params"}"#
    )
    static let noSuchRoom = Answer("400 Bad Request", #"{"success":false,"error":"error-invalid-room"}"#)
    static let notLoggedIn = Answer(
        "401 Unauthorized",
        #"{"status":"error","message":"You must be logged in to do this."}"#
    )
    static let badRequest = refusal("400 Bad Request")
    static let notFound = refusal("404 Not Found")
    static let bodyTooLarge = refusal("413 Content Too Large")
    static let targetTooLong = refusal("414 URI Too Long")
    static let headersTooLarge = refusal("431 Request Header Fields Too Large")
    static let unavailable = refusal("503 Service Unavailable")

    static func methodNotAllowed(_ allow: String) -> Answer {
        var answer = refusal("405 Method Not Allowed")
        answer.fields = "Allow: \(allow)\r\n"
        return answer
    }

    let status: String
    let body: String
    var fields = ""

    init(_ status: String, _ body: String) {
        self.status = status
        self.body = body
    }

    private static func refusal(_ status: String) -> Answer {
        Answer(status, #"{"success":false,"error":"\#(status.dropFirst(4))"}"#)
    }

    /// The bytes, with what `Connection` says.
    func bytes(connection: String? = "close", isHead: Bool = false, requestID: String = "made") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Cache-Control: no-store\r\nX-Request-Id: \(requestID)\r\nDate: \(Fixture.date)\r\n"
            + (connection.map { "Connection: \($0)\r\n" } ?? "") + fields + "\r\n" + (isHead ? "" : body)
    }

    /// The bytes on a connection that stays open.
    var kept: String { bytes(connection: nil) }
}
#endif
