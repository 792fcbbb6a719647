#if Console
import Hummingbird
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import ServiceLifecycle
import Synchronization
import Testing

@testable import LivechatConsole

@Suite("Who sees the console (C20)")
struct GateTests {
    static let paths = [
        "/", "/?user=ann&room=served", "/now", "/now/events?after=0", "/rooms", "/room?id=served", "/users",
        "/user?id=ann", "/grants", "/health", "/console.css", "/console.js", "/nowhere", "/?key=", "/?key=wrong",
        "/now?key=wrong",
    ]

    @Test("Without the key everything is 403", arguments: paths)
    func closed(_ path: String) async throws {
        try await Console.with(Fixture.store()) { console in
            let name = try #require(console.cookie.split(separator: "=").first)
            for cookie in ["", "\(name)=", "\(name)=wrong", "other=\(console.cookie.dropFirst(name.count + 1))"] {
                for method in [HTTPRequest.Method.get, .head, .post] {
                    let response = try await console.askAsStranger(
                        path,
                        method,
                        cookie.isEmpty ? [:] : [.cookie: cookie]
                    )
                    #expect(response.status == .forbidden)
                    let body = String(buffer: response.body)
                    #expect(!body.contains("Ann") && !body.contains("livechat-agent"))
                }
            }
        }
    }

    @Test("The key is good for one browser, which gets a cookie that scripts and other sites do not have")
    func key() async throws {
        try await Console.with(Fixture.store()) { console in
            #expect(try await console.ask("/").status == .ok)
            #expect(try await console.askAsStranger("/?key=\(console.key)").status == .forbidden)
            // The browser itself may open the link again.
            let again = try await console.ask("/?key=\(console.key)")
            #expect(again.status == .seeOther && again.headers[.location] == "/" && again.headers[.setCookie] == nil)
        }
        let key = ConsoleKey()
        let secret = key.reveal()
        #expect(secret.utf8.count == 43 && !key.admits("") && !key.admits(secret))
        #expect(key.exchange("") == nil && key.exchange(secret + "x") == nil)
        let cookie = try #require(key.exchange(secret))
        #expect(cookie != secret && key.admits(cookie) && !key.admits(secret) && key.exchange(secret) == nil)
    }

    @Test("The answer to the key is a redirect with a cookie of the console's own")
    func cookie() async throws {
        try await LiveConsole.with(Fixture.store()) { console in
            #expect(console.cookie.hasPrefix("livechat-join-console-\(console.port)="))
            let again = try await LiveConsole.exchange(console.port, "GET / HTTP/1.1", ["Cookie: \(console.cookie)"])
            #expect(again.hasPrefix("HTTP/1.1 200 "))
        }
        let (key, address) = (ConsoleKey(), ConsoleAddress(host: "localhost"))
        address.port = 80
        let store = try await Fixture.store()
        let pages = try ConsolePages(
            store: store,
            profile: .documented,
            rules: [],
            refusals: nil,
            options: JoinConsoleOptions(),
            health: { [] }
        )
        let gate = ConsoleGate(key: key, address: address, options: JoinConsoleOptions(), logger: .silent)
        let responder = ConsoleResponder(gate: gate, pages: pages, logger: .silent)
        let secret = key.reveal()
        try await Application(responder: responder, logger: .silent).test(.router) { client in
            // A program that looks ahead at the link does not use the key up.
            #expect(try await client.execute(uri: "/?key=\(secret)", method: .head).status == .forbidden)
            #expect(try await client.execute(uri: "/now?key=\(secret)", method: .get).status == .forbidden)
            let response = try await client.execute(uri: "/?key=\(secret)", method: .get)
            #expect(response.status == .seeOther && response.headers[.location] == "/")
            let fields = try #require(response.headers[.setCookie]).split(separator: "; ")
            #expect(fields.dropFirst() == ["Path=/", "HttpOnly", "SameSite=Strict"])
        }
    }

    @Test("Another Host is 421, with the key too")
    func host() async throws {
        try await LiveConsole.with(Fixture.store()) { console in
            let port = console.port
            for hosts in [
                ["evil.example"], ["evil.example:\(port)"], ["127.0.0.1"], ["127.0.0.1:1"], ["localhost:\(port)"], [""],
                ["127.0.0.1:\(port)", "evil.example"], ["evil.example", "127.0.0.1:\(port)"],
                ["127.0.0.1:\(port)", "127.0.0.1:\(port)"], ["127.0.0.1:\(port).evil.example"],
            ] {
                let fields = hosts.map { "Host: \($0)" } + ["Cookie: \(console.cookie)"]
                let answer = try await LiveConsole.exchange(port, "GET /now HTTP/1.1", fields)
                #expect(answer.hasPrefix("HTTP/1.1 421 "), "\(hosts)")
                #expect(answer.contains("frame-ancestors 'none'"))
            }
            let none = try await Wire.exchange(
                port: port,
                "GET / HTTP/1.1\r\nConnection: close\r\nCookie: \(console.cookie)\r\n\r\n"
            )
            #expect(none.contains(" 421 "))
            #expect(try await console.ask("/now").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(
        "The Host is the address that it was started with",
        arguments: [
            ("127.0.0.1", 9000, "127.0.0.1:9000", true), ("127.0.0.1", 9000, "localhost:9000", false),
            ("127.0.0.1", 80, "127.0.0.1", true), ("127.0.0.1", 80, "127.0.0.1:80", false),
            ("::1", 9000, "[::1]:9000", true), ("::1", 9000, "::1:9000", false),
            ("Console.Example", 9000, "console.example:9000", true), ("console.example", 9000, "example:9000", false),
            // Every address of the machine, and no name, which could be made to lead here.
            ("0.0.0.0", 9000, "192.0.2.7:9000", true), ("0.0.0.0", 9000, "192.0.2.7:9001", false),
            ("0.0.0.0", 9000, "evil.example:9000", false), ("::", 9000, "[2001:db8::7]:9000", true),
            ("::", 9000, "2001:db8::7:9000", false), ("0.0.0.0", 80, "192.0.2.7", true), ("0.0.0.0", 9000, "", false),
        ]
    )
    func address(_ host: String, _ port: Int, _ authority: String, _ isAdmitted: Bool) {
        let address = ConsoleAddress(host: host)
        #expect(!address.admits(authority), "nothing is admitted before it listens")
        address.port = port
        #expect(address.admits(authority) == isAdmitted)
        #expect(!address.admits(nil))
    }

    @Test("Only GET and HEAD", arguments: [HTTPRequest.Method.post, .put, .delete, .patch, .options, .trace])
    func methods(_ method: HTTPRequest.Method) async throws {
        try await Console.with(Fixture.store()) { console in
            for path in ["/", "/now", "/room?id=served", "/console.css"] {
                let response = try await console.ask(path, method)
                #expect(response.status == .methodNotAllowed && response.headers[.allow] == "GET, HEAD")
            }
        }
    }

    @Test("HEAD is GET without its body", arguments: ["/", "/now", "/rooms", "/console.css", "/nowhere"])
    func head(_ path: String) async throws {
        try await Console.with(Fixture.store()) { console in
            let (get, head) = (try await console.ask(path), try await console.ask(path, .head))
            #expect(head.status == get.status && head.body.readableBytes == 0)
            #expect(head.headers[.contentType] == get.headers[.contentType])
            #expect(head.headers[.contentLength] == "\(get.body.readableBytes)")
        }
    }

    @Test("Every answer says what a page may load")
    func headers() async throws {
        var options = JoinConsoleOptions()
        options.strangerLimit = JoinRateLimit(requests: 2, seconds: 3_600)
        try await Console.with(Fixture.store(), options: options) { console in
            var responses = [
                try await console.ask("/"), try await console.ask("/console.js"), try await console.ask("/nowhere"),
                try await console.ask("/", .post), try await console.ask("/", .head),
            ]
            for _ in 0..<2 { responses.append(try await console.askAsStranger("/now")) }
            #expect(responses.map(\.status.code) == [200, 200, 404, 405, 200, 403, 429])
            let expected = [
                "content-security-policy":
                    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
                    + "frame-ancestors 'none'",
                "referrer-policy": "no-referrer", "cache-control": "no-store", "x-content-type-options": "nosniff",
                "cross-origin-resource-policy": "same-origin",
            ]
            for response in responses {
                for (name, value) in expected {
                    #expect(response.headers.filter { $0.name.canonicalName == name }.map(\.value) == [value])
                }
            }
        }
    }

    @Test("Who has the key has a budget, and who has not has another")
    func budget() async throws {
        let clock = SettableClock()
        var options = JoinConsoleOptions()
        (options.requestLimit, options.strangerLimit) = (JoinRateLimit(requests: 2), JoinRateLimit(requests: 3))
        options.clock = clock.wallClock
        try await Console.with(Fixture.store(clock: clock.wallClock), options: options) { console in
            // The key was the first request of a stranger.
            let strangers = [
                try await console.askAsStranger("/"), try await console.askAsStranger("/"),
                try await console.askAsStranger("/"),
            ]
            #expect(strangers.map(\.status.code) == [403, 403, 429])
            clock.advance(by: .milliseconds(500))
            var answers: [Int] = []
            for _ in 0..<3 { answers.append(try await console.ask("/rooms").status.code) }
            #expect(answers == [200, 200, 429])
            #expect(try await console.ask("/rooms").headers[.retryAfter] == "60")
            clock.advance(by: .seconds(60))
            #expect(try await console.ask("/rooms").status == .ok)
            #expect(try await console.askAsStranger("/").status == .forbidden)
        }
    }

    @Test("Who follows a link from another site is offered to open the page from here, as text")
    func offer() async throws {
        try await Console.with(Fixture.store()) { console in
            let response = try await console.askAsStranger("/room?id=\"><script>alert(1)</script>")
            let page = HTML(String(buffer: response.body))
            #expect(page.links == ["/room?id=\"><script>alert(1)</script>"])
            #expect(!page.source.contains("<script"))
            #expect(HTML(String(buffer: try await console.askAsStranger("/?key=x").body)).links.isEmpty)
        }
    }

    @Test("Each look-up is logged at info, and no key and no cookie")
    func log() async throws {
        let log = Log()
        try await Console.with(Fixture.store(), logger: log.logger) { console in
            for path in ["/?user=ann&room=a%0Ab", "/room?id=served", "/console.css", "/nowhere"] {
                _ = try await console.ask(path)
            }
            _ = try await console.askAsStranger("/?key=wrong-key")
            let lines = log.lines.withLock { $0 }
            #expect(
                lines == [
                    "info console opened", #"info console looked up page=/ room="a\nb" user=ann"#,
                    "info console looked up id=served page=/room", "info console refused: no key",
                ]
            )
            let secrets = [console.key, console.cookie, "wrong-key"]
            for secret in secrets { #expect(!lines.contains { $0.contains(secret) }) }
        }
    }

    @Test("It listens on loopback, unless others are meant to reach it", arguments: ["0.0.0.0", "::", "192.0.2.7"])
    func loopback(_ host: String) async throws {
        var options = JoinConsoleOptions()
        options.host = host
        let console = try JoinConsole(InMemoryJoinStore(), options: options, logger: .silent) { _ in }
        let error = await #expect(throws: JoinConsoleError.self) { try await console.run() }
        #expect(error?.description.contains("other machines could reach the console on \(host)") == true)
    }

    @Test("A port that is taken, or an address that is not here, is an error that says so")
    func taken() async throws {
        try await LiveConsole.with(Fixture.store()) { first in
            for (host, port, words) in [
                ("127.0.0.1", first.port, "port \(first.port) on 127.0.0.1 is in use"),
                ("192.0.2.7", 0, "192.0.2.7 is not an address of this machine"),
                ("no host", 0, "there is no host \"no host\""),
            ] {
                var options = JoinConsoleOptions()
                (options.host, options.port, options.isPublic) = (host, port, true)
                let console = try JoinConsole(InMemoryJoinStore(), options: options, logger: .silent) { _ in }
                let error = await #expect(throws: JoinConsoleError.self) { try await console.run() }
                #expect(error?.description.contains(words) == true, "\(error?.description ?? "no error")")
            }
        }
    }
}
#endif
