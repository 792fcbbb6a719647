#if Console
import Hummingbird
import LivechatJoin
import LivechatJoinTesting
import Logging
import NIOCore
import ServerTesting
import ServiceLifecycle
import Synchronization
import Testing

@testable import LivechatConsole

/// What the tests of this target are about: some users and rooms, one of every reason.
enum Fixture {
    static let markup = "<img src=x onerror=alert(1)>"
    /// A raw token, which nothing may show.
    static let token = "Zq7-canary-token"

    static func store(clock: LivechatClock = .system) async throws -> InMemoryJoinStore {
        let store = InMemoryJoinStore(clock: clock)
        try await store.loadDefaultGrants()
        try await store.load(fixture: Array(document.utf8))
        return store
    }

    static let document = #"""
        {
          "settings": { "previewRoom": true },
          "roles": [ { "id": "guest", "restrictedTo": ["view-joined-room"] }, { "id": "night-shift" } ],
          "permissions": [
            { "id": "view-livechat-rooms", "roles": ["livechat-manager", "livechat-monitor", "night-shift"] },
            { "id": "close-the-shop", "roles": ["admin"] } ],
          "users": [
            { "id": "ann", "username": "Ann", "roles": ["livechat-agent"], "tokens": [
              { "token": "Zq7-canary-token" }, { "token": "Zq7-canary-pat", "kind": "personalAccess" },
              { "token": "Zq7-canary-old", "createdAt": "2020-01-01T00:00:00Z" } ] },
            { "id": "ben", "username": "Ben", "roles": ["user"], "tokens": [ { "token": "Zq7-canary-ben" } ] },
            { "id": "gus", "roles": ["guest", "livechat-agent"], "tokens": [ { "token": "Zq7-canary-gus" } ] },
            { "id": "ina", "active": false, "roles": ["livechat-agent"] },
            { "id": "<img src=x onerror=alert(1)>", "username": "</td><script>alert(2)</script>",
              "roles": ["livechat-agent"], "tokens": [ { "token": "Zq7-canary-img" } ] } ],
          "departments": [ { "id": "sales", "agents": ["ann", "ina"] }, { "id": "<b>bold</b>", "agents": ["ann"] } ],
          "rooms": [
            { "id": "served", "servedBy": "ann", "members": [ { "userId": "ben", "roles": ["owner"] } ] },
            { "id": "foreign", "servedBy": "ben" },
            { "id": "closed", "servedBy": "ann", "open": false },
            { "id": "waiting", "departmentId": "sales",
              "inquiry": { "status": "queued", "departmentId": "sales", "defaultAgent": "ben" } },
            { "id": "general", "kind": "c" },
            { "id": "<img src=x onerror=alert(1)>", "servedBy": "<img src=x onerror=alert(1)>",
              "departmentId": "<b>bold</b>" } ]
        }
        """#
}

/// A console without a socket, as a browser that has the key sees it.
struct Console {
    let responder: ConsoleResponder
    let key: String
    let cookie: String
    private let client: TestClient

    /// Runs a test with a console whose address is "localhost".
    static func with(
        _ store: any JoinConsole.Store,
        refusals: JoinRefusalCount? = nil,
        rules: [JoinRule] = [],
        options: JoinConsoleOptions = JoinConsoleOptions(),
        logger: Logger = .silent,
        health: @escaping @Sendable () async throws -> [JoinConsoleFact] = { [] },
        _ body: @Sendable (Console) async throws -> Void
    ) async throws {
        let (key, address) = (ConsoleKey(), ConsoleAddress(host: "localhost"))
        address.port = 80
        let pages = try ConsolePages(
            store: store,
            profile: .documented,
            rules: rules,
            refusals: refusals,
            options: options,
            health: health
        )
        let gate = ConsoleGate(key: key, address: address, options: options, logger: logger)
        let responder = ConsoleResponder(gate: gate, pages: pages, logger: logger)
        let secret = key.reveal()
        try await Application(responder: responder, logger: .silent).test(.router) { client in
            let response = try await client.execute(uri: "/?key=\(secret)", method: .get)
            let cookie = try #require(response.headers[.setCookie]).prefix { $0 != ";" }
            try await body(Console(responder: responder, key: secret, cookie: String(cookie), client: client))
        }
    }

    /// Asks as the browser with the key.
    func ask(_ uri: String, _ method: HTTPRequest.Method = .get) async throws -> TestResponse {
        try await client.execute(uri: uri, method: method, headers: [.cookie: cookie])
    }

    /// Asks as a browser without the key.
    func askAsStranger(
        _ uri: String,
        _ method: HTTPRequest.Method = .get,
        _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await client.execute(uri: uri, method: method, headers: headers)
    }

    /// A page that is there.
    func page(_ uri: String, _ location: SourceLocation = #_sourceLocation) async throws -> HTML {
        let response = try await ask(uri)
        #expect(response.status == .ok, "\(uri)", sourceLocation: location)
        #expect(response.headers[.contentType] == "text/html; charset=utf-8", sourceLocation: location)
        return HTML(String(buffer: response.body))
    }
}

/// A console on a port of its own.
struct LiveConsole {
    let group: ServiceGroup
    let port: Int
    let cookie: String

    static func with(
        _ store: any JoinConsole.Store,
        options: JoinConsoleOptions = JoinConsoleOptions(),
        refusals: JoinRefusalCount? = nil,
        _ body: (LiveConsole) async throws -> Void
    ) async throws {
        let (addresses, announce) = AsyncStream.makeStream(of: String.self)
        let console = try JoinConsole(
            store,
            refusals: refusals,
            options: options,
            logger: .silent,
            onListening: { announce.yield($0) }
        )
        let group = ServiceGroup(services: [console], logger: .silent)
        async let running: Void = group.run()
        do {
            let address = try #require(await addresses.first { _ in true })
            let parts = address.split(separator: "/?key=")
            let port = try #require(parts[0].split(separator: ":").last.flatMap { Int($0) })
            let opened = try await Self.exchange(port, "GET /?key=\(parts[1]) HTTP/1.1")
            let line = try #require(opened.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: ") })
            let cookie = String(line.dropFirst("set-cookie: ".count).prefix { $0 != ";" })
            try await body(LiveConsole(group: group, port: port, cookie: cookie))
        } catch {
            await group.triggerGracefulShutdown()
            try? await running
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running
    }

    /// Sends a request and reads until the connection ends.
    static func exchange(_ port: Int, _ line: String, _ fields: [String] = []) async throws -> String {
        let fields = fields.contains { $0.hasPrefix("Host:") } ? fields : ["Host: 127.0.0.1:\(port)"] + fields
        let head = ([line] + fields + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n"
        return try await Wire.exchange(port: port, head, endsInput: false)
    }

    func ask(_ target: String) async throws -> String {
        try await Self.exchange(port, "GET \(target) HTTP/1.1", ["Cookie: \(cookie)"])
    }

    /// Something that is waited for, and what is done then with all that has come so far.
    typealias Step = (wanted: String, then: (String) async throws -> Void)

    /// Follows the log from step to step, and ends the connection after the last one.
    ///
    /// With `toEnd` the server has to end it.
    func listen(after sequence: Int, lastEventID: Int? = nil, toEnd: Bool = false, _ steps: [Step]) async throws {
        let connection = try await Wire(port: port)
        try await connection.channel.executeThenClose { inbound, outbound in
            var head = "GET /now/events?after=\(sequence) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n"
            if let lastEventID { head += "Last-Event-ID: \(lastEventID)\r\n" }
            try await outbound.write(ByteBuffer(string: head + "\r\n"))
            var (text, rest) = ("", steps[...])
            for try await part in inbound {
                text += String(buffer: part)
                while let step = rest.first, text.contains(step.wanted) {
                    rest = rest.dropFirst()
                    try await step.then(text)
                }
                if rest.isEmpty, !toEnd { return }
            }
            #expect(rest.isEmpty, "ended before \(rest.first?.wanted ?? "")")
        }
    }
}

/// A store that cannot be read.
struct BrokenStore: JoinStore, JoinLookups, JoinEventLog {
    private static let error = LivechatStoreError(.diskFull, "there is no <room> left")

    func decide<Result: Sendable>(_: JoinQuery, _: (any JoinFacts) throws -> Result) async throws -> Result {
        throw Self.error
    }
    func admit(_: JoinQuery, _: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict) async throws -> JoinVerdict {
        throw Self.error
    }
    func user(_: LivechatUserID) async throws(LivechatStoreError) -> LivechatUser? { throw Self.error }
    func users(named _: String) async throws(LivechatStoreError) -> [LivechatUser] { throw Self.error }
    func room(_: LivechatRoomID) async throws(LivechatStoreError) -> LivechatRoom? { throw Self.error }
    func isMember(_: LivechatUserID, of _: LivechatRoomID) async throws(LivechatStoreError) -> Bool {
        throw Self.error
    }
    func roles(of _: LivechatUserID) async throws(LivechatStoreError) -> [LivechatRoleID] { throw Self.error }
    func tokens(of _: LivechatUserID) async throws(LivechatStoreError) -> [LivechatStoredToken] { throw Self.error }
    func users(_: LivechatPage<LivechatUserID>) async throws(LivechatStoreError) -> [LivechatStoredUser] {
        throw Self.error
    }
    func roles(_: LivechatPage<LivechatRoleID>) async throws(LivechatStoreError) -> [LivechatStoredRole] {
        throw Self.error
    }
    func permissions(
        _: LivechatPage<LivechatPermissionID>
    ) async throws(LivechatStoreError)
        -> [LivechatStoredPermission]
    {
        throw Self.error
    }
    func departments(
        _: LivechatPage<LivechatDepartmentID>
    ) async throws(LivechatStoreError)
        -> [LivechatStoredDepartment]
    {
        throw Self.error
    }
    func rooms(_: LivechatPage<LivechatRoomID>) async throws(LivechatStoreError) -> [LivechatStoredRoom] {
        throw Self.error
    }
    func members(
        of _: LivechatRoomID,
        _: LivechatPage<LivechatUserID>
    ) async throws(LivechatStoreError)
        -> [LivechatMember]
    {
        throw Self.error
    }
    func settings() async throws(LivechatStoreError) -> LivechatSettings { throw Self.error }
    func eventPage(
        after _: JoinEvent.Cursor,
        limit _: Int,
        kinds _: Set<JoinEvent.Kind>?
    ) async throws(LivechatStoreError)
        -> JoinEventPage
    {
        throw Self.error
    }
}

/// A page as somebody reads it.
struct HTML {
    let source: String

    init(_ source: String) { self.source = source }

    /// The text without its tags, with character references resolved.
    var text: String {
        var text = ""
        var isInTag = false
        for character in source {
            switch character {
            case "<": isInTag = true
            case ">": isInTag = false
            default: if !isInTag { text.append(character) }
            }
        }
        return Self.resolved(text)
    }

    /// The tags that begin with this, whole.
    func tags(_ start: String) -> [String] {
        source.split(separator: "<").compactMap { part in
            part.hasPrefix(start) ? String(part.prefix { $0 != ">" }) : nil
        }
    }

    /// The contents of the elements whose opening tag this is.
    func elements(_ tag: String) -> [HTML] {
        let name = tag.prefix { $0 != " " }
        return source.split(separator: "<\(tag)", omittingEmptySubsequences: false).dropFirst().map { part in
            let inside = part.drop { $0 != ">" }.dropFirst()
            return HTML(String(inside.split(separator: "</\(name)>", omittingEmptySubsequences: false)[0]))
        }
    }

    /// The values of an attribute of all tags that have it, in their order.
    func attributes(_ name: String) -> [String] {
        source.split(separator: " \(name)=\"", omittingEmptySubsequences: false).dropFirst().map { part in
            Self.resolved(String(part.prefix { $0 != "\"" }))
        }
    }

    /// Where its links lead.
    var links: [String] { attributes("href") }

    private static func resolved(_ text: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}

/// Keeps the lines of a log.
final class Log: LogHandler {
    let lines = Mutex<[String]>([])
    // Set by no test after the logger is made; the protocol wants them settable.
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.withLock { $0.append((["\(event.level)", "\(event.message)"] + metadata).joined(separator: " ")) }
    }

    var logger: Logger { Logger(label: "console", factory: { _ in self }) }
}
#endif
