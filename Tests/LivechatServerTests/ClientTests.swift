#if Server
import LivechatJoin
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import LivechatServer

@Suite("C10: which client a request counts for")
struct ClientTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let fields: [String]
        let proxies: Int
        /// nil is the peer.
        let client: JoinClient?

        var testDescription: String { "\(fields), \(proxies) trusted" }

        init(_ fields: String..., behind proxies: Int, is client: [UInt8]?) {
            self.fields = fields
            self.proxies = proxies
            self.client = client.flatMap { JoinClient(address: $0) }
        }
    }

    static let one: [UInt8] = [192, 0, 2, 1]
    static let two: [UInt8] = [192, 0, 2, 2]
    static let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 1, 0xab, 0xcd] + Array(repeating: 0, count: 8)

    static let rows =
        [
            Row(behind: 0, is: nil), Row(behind: 1, is: nil),
            // What a client says counts only where a proxy says it.
            Row("192.0.2.1", behind: 0, is: nil), Row("192.0.2.1", behind: 1, is: one),
            Row("192.0.2.1", behind: 2, is: nil), Row("192.0.2.1, 192.0.2.2", behind: 1, is: two),
            Row("192.0.2.1, 192.0.2.2", behind: 2, is: one), Row("192.0.2.1, 192.0.2.2", behind: 3, is: nil),
            Row("192.0.2.1,192.0.2.2", behind: .max, is: nil),
            // Several fields are one list, in their order.
            Row("192.0.2.1", "192.0.2.2", behind: 1, is: two), Row("192.0.2.1", "192.0.2.2", behind: 2, is: one),
            Row("x, 192.0.2.1", "192.0.2.2,x", behind: 3, is: one),
            Row("192.0.2.1", "", behind: 1, is: nil), Row("192.0.2.1", "", behind: 2, is: one),
            Row("192.0.2.1,", behind: 1, is: nil), Row("192.0.2.1, ,192.0.2.2", behind: 2, is: nil),
            // One that cannot be read is not passed over for its neighbour.
            Row("192.0.2.1, unknown", behind: 1, is: nil), Row("unknown, 192.0.2.1", behind: 1, is: one),
            // A comma that begins a longer character is a comma.
            Row("192.0.2.2,\u{301}, 192.0.2.1", behind: 3, is: two),
        ]
        + ["192.0.2.1:80", "192.0.2.1:65535", " \t192.0.2.1 \t", "::ffff:192.0.2.1", "[::ffff:c000:201]:80"].map {
            Row($0, behind: 1, is: one)
        }
        + [
            "2001:db8:1:abcd::", "2001:DB8:1:abcd::7", "[2001:db8:1:abcd::7]", "[2001:db8:1:abcd::7]:443",
            "2001:db8:1:abcd:1:2:3:4", "2001:db8:1:abcd::192.0.2.1",
        ].map { Row($0, behind: 1, is: six) }
        + [
            Row("::", behind: 1, is: Array(repeating: 0, count: 16)),
            Row("::1", behind: 1, is: Array(repeating: 0, count: 16)),
        ]
        + [
            "", " ", "192.0.2", "192.0.2.256", "192.0.2.1.", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:+80",
            "192.0.2.1:65536", "192.0.2.1:80:80", "[192.0.2.1]", "[2001:db8::1", "[2001:db8::1]443", "[2001:db8::1]:",
            "2001:db8::1]", "[]", "[::1]x", "2001:db8:::1", "1:2:3:4:5:6:7:8::", "1::2::3", "12345::",
            "-0::", "1.2.3.4::", "192.0.2.01", "fe80::1%eth0", "localhost", "unknown", "_hidden",
            "\"192.0.2.1\"", "for=192.0.2.1", "192.0.2.1 192.0.2.2",
        ].map { Row($0, behind: 1, is: nil) }

    static let peer = JoinClient(address: [127, 0, 0, 1])
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("The entry that the trusted proxies point to, or else the peer", arguments: rows)
    func forwarded(_ row: Row) {
        let rule = ClientRule(trustedProxies: row.proxies, Self.silent)
        let fields = [("Host", "x")] + row.fields.map { ("x-FORWARDED-for", $0) }
        let head = RequestHead(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders(fields))
        )
        #expect(rule.client(head.forwardedFor, peer: Self.peer, requestID: "id") == row.client ?? Self.peer)
    }

    @Test(
        "The peer counts by the bytes of its address",
        arguments: [
            ("192.0.2.1", one), ("0.0.0.0", [0, 0, 0, 0]), ("255.255.255.255", [255, 255, 255, 255]),
            ("::ffff:192.0.2.2", two), ("2001:db8:1:abcd::", six), ("2001:db8:1:abcd:ffff:ffff:ffff:ffff", six),
            ("::1", Array(repeating: 0, count: 16)), ("::192.0.2.1", Array(repeating: 0, count: 16)),
            ("1::", [0, 1] + Array(repeating: 0, count: 14)),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("0:0:0:4::", [0, 0, 0, 0, 0, 0, 0, 4] + Array(repeating: 0, count: 8)),
        ] as [(String, [UInt8])]
    )
    func peers(_ address: String, _ bytes: [UInt8]) throws {
        let client = try JoinClient(SocketAddress(ipAddress: address, port: 80))
        #expect(client != nil)
        #expect(client == JoinClient(address: bytes))
    }

    @Test("A peer that has no address is no client")
    func noPeer() throws {
        #expect(try JoinClient(SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    @Test("The first X-Forwarded-For that is ignored is one warning, which says what to do")
    func warning() {
        let lines = Lines()
        let ignoring = ClientRule(trustedProxies: 0, lines.logger)
        _ = ignoring.client(nil, peer: Self.peer, requestID: "id")
        #expect(lines.all.isEmpty)
        for _ in 0..<3 { _ = ignoring.client("192.0.2.1", peer: Self.peer, requestID: "id") }
        #expect(lines.all.count == 1)
        #expect(lines.all.allSatisfy { $0.contains("--trusted-proxies") })
        let trusting = Lines()
        _ = ClientRule(trustedProxies: 1, trusting.logger).client("unknown", peer: Self.peer, requestID: "id")
        #expect(trusting.all.isEmpty)
    }
}
#endif
