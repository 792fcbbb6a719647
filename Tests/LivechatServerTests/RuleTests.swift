#if Server
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import ServerTesting
import Testing

/// What is sent on a connection and all that comes back before it ends.
struct Exchange: Sendable, CustomTestStringConvertible {
    let name: String
    let request: String
    let answers: String

    var testDescription: String { name }

    init(_ name: String, _ request: String, _ answers: String) {
        self.name = name
        self.request = request
        self.answers = answers
    }

    /// A request to join that keeps its connection, with these header lines.
    static func join(_ headers: String, version: String = "HTTP/1.1", body: String = "") -> String {
        "GET \(Fixture.path)?roomId=served \(version)\r\n\(headers)\(Fixture.credentials)\r\n\(body)"
    }

    /// What ends a connection that is still open.
    static let last = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    static let lastAnswer = Answer.joined.bytes()
}

@Suite("Rules of RFC 9112, byte for byte")
struct RuleTests {
    static let hosts: [Exchange] =
        [
            Exchange("none", .join(""), Answer.badRequest.bytes()),
            Exchange("two", .join("Host: x\r\nHost: x\r\n"), Answer.badRequest.bytes()),
            Exchange(
                "two, in HTTP/1.0",
                .join("Host: x\r\nHost: x\r\n", version: "HTTP/1.0"),
                Answer.badRequest.bytes()
            ),
        ]
        + ["", " ", "a b", "http://x", "x/", "u@x", "x:80:80", "x:a", ":80", "[::1", "[]", "[x]", "é", "x\u{1}"].map {
            Exchange("\"\($0)\"", .join("Host: \($0)\r\n"), Answer.badRequest.bytes())
        }
        + ["x", "x \t", "X.example", "x:8080", "x:", "127.0.0.1:80", "[::1]", "[::ffff:1.2.3.4]:80", "a%20b", "1234"]
        .map {
            Exchange("\"\($0)\"", .join("hOST: \($0)\r\nConnection: close\r\n"), Answer.joined.bytes())
        }
        + [Exchange("none, in HTTP/1.0", .join("", version: "HTTP/1.0"), Answer.joined.bytes())]

    static let framing: [Exchange] =
        [
            "gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "\"chunked\"", "chunked;q=1",
            "xchunked", "",
        ]
        .map {
            Exchange(
                "\"\($0)\"",
                .join("Host: x\r\nTransfer-Encoding: \($0)\r\n", body: "0\r\n\r\n") + Exchange.last,
                Answer.badRequest.bytes()
            )
        } + [
            Exchange(
                "twice",
                .join(
                    "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                    body: "0\r\n\r\n"
                ) + Exchange.last,
                Answer.badRequest.bytes()
            ),
            Exchange(
                "in HTTP/1.0",
                .join("Transfer-Encoding: chunked\r\n", version: "HTTP/1.0", body: "0\r\n\r\n") + Exchange.last,
                Answer.badRequest.bytes()
            ),
            Exchange(
                "with a length",
                .join("Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", body: "0\r\n\r\n")
                    + Exchange.last,
                Answer.badRequest.bytes()
            ),
            Exchange(
                "two lengths",
                .join("Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", body: "ab") + Exchange.last,
                Answer.badRequest.bytes()
            ),
            Exchange(
                "chunks that are none",
                .join("Host: x\r\nTransfer-Encoding: chunked\r\n", body: "zz\r\n") + Exchange.last,
                Answer.badRequest.bytes()
            ),
            Exchange(
                "chunked",
                .join("Host: x\r\nTransfer-Encoding: chunked\r\n", body: "3\r\nabc\r\n0\r\n\r\n") + Exchange.last,
                Answer.joined.kept + Exchange.lastAnswer
            ),
            Exchange(
                "chunked, in capitals, with space behind",
                .join("Host: x\r\ntRANSFER-eNCODING: CHUNKED \r\n", body: "0\r\n\r\n") + Exchange.last,
                Answer.joined.kept + Exchange.lastAnswer
            ),
            Exchange(
                "a length",
                .join("Host: x\r\nContent-Length: 3\r\n", body: "abc") + Exchange.last,
                Answer.joined.kept + Exchange.lastAnswer
            ),
        ]

    static let connections: [Exchange] =
        ["close", "Close", "CLOSE ", "keep-alive, close", "TE,\tClose ,x", " , close"].map {
            Exchange("\"\($0)\"", .join("Host: x\r\nConnection: \($0)\r\n") + Exchange.last, Answer.joined.bytes())
        }
        + ["keep-alive", "TE", "closed", "not-close", "", ","].map {
            Exchange(
                "\"\($0)\" stays open",
                .join("Host: x\r\nConnection: \($0)\r\n") + Exchange.last,
                Answer.joined.kept + Exchange.lastAnswer
            )
        }
        + [
            Exchange("HTTP/1.0", .join("", version: "HTTP/1.0") + Exchange.last, Answer.joined.bytes()),
            Exchange(
                "HTTP/1.0 asks to be kept",
                .join("Connection: Keep-Alive\r\n", version: "HTTP/1.0") + Exchange.last,
                Answer.joined.bytes(connection: "keep-alive") + Exchange.lastAnswer
            ),
            Exchange(
                "HTTP/1.0 asks for both",
                .join("Connection: keep-alive\r\nConnection: close\r\n", version: "HTTP/1.0") + Exchange.last,
                Answer.joined.bytes()
            ),
            Exchange(
                "another protocol is not spoken",
                .join("Host: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n") + Exchange.last,
                Answer.joined.bytes()
            ),
            Exchange(
                "nor is there a tunnel",
                "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n" + Exchange.last,
                Answer.notFound.bytes()
            ),
        ]

    @Test("One well-formed Host", arguments: hosts)
    func host(_ row: Exchange) async throws { try await row.check() }

    @Test("No coding but chunked, and one answer to any other", arguments: framing)
    func transferEncoding(_ row: Exchange) async throws { try await row.check() }

    @Test("The end of a connection is asked for in a list, and said", arguments: connections)
    func connection(_ row: Exchange) async throws { try await row.check() }

    @Test("Nobody joins by a request that breaks a rule, or before it is whole")
    func nobodyJoins() async throws {
        let store = try await Fixture.store()
        try await JoinServer.with(JoinService(store: store), options: Fixture.options) { port, _ in
            let broken = (Self.hosts + Self.framing).filter { !$0.answers.hasPrefix("HTTP/1.1 200") }
            for row in broken { _ = try await Wire.exchange(port: port, row.request) }
            for unfinished in [
                .join("Host: x\r\nContent-Length: 3\r\n", body: "ab"),
                .join("Host: x\r\nTransfer-Encoding: chunked\r\n", body: "3\r\nabc\r\n"),
                String(Exchange.join("Host: x\r\n").dropLast(2)),
            ] {
                let answer = try await Wire.exchange(port: port, unfinished, endsInput: true)
                #expect(answer == Answer.badRequest.bytes())
            }
        }
        #expect(try await store.events(after: 0, kinds: [.joined]).isEmpty)
    }
}

extension Exchange {
    func check(options: JoinServerOptions = Fixture.options) async throws {
        let answers = try await Fixture.exchange(request, options: options)
        #expect(answers == self.answers, "\(name)")
    }
}

extension String {
    static func join(_ headers: String, version: String = "HTTP/1.1", body: String = "") -> String {
        Exchange.join(headers, version: version, body: body)
    }
}
#endif
