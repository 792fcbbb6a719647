import Foundation
import LivechatJoin

/// Requests that are not what they should be, each on a connection of its own.
struct Malformed {
    let server: Server

    private static let path = JoinRequest.path
    private static let credentials = "X-User-Id: user-0\r\nX-Auth-Token: token-0\r\n"

    /// A request and the statuses that it may be answered with; none stands for a connection that is closed without.
    private struct Case {
        let what: String
        let bytes: [UInt8]
        let allowed: Set<Int>

        init(_ what: String, _ text: String, _ allowed: Set<Int>) {
            self.what = what
            bytes = Array(text.utf8)
            self.allowed = allowed
        }
    }

    private static func get(_ target: String, _ fields: String, host: String = "Host: x\r\n") -> String {
        "GET \(target) HTTP/1.1\r\n\(host)Connection: close\r\n\(fields)\r\n"
    }

    private static let fixed: [Case] = [
        Case("absolute target", get("http://x\(path)?roomId=room-0", credentials), [200]),
        Case("asterisk target", get("*", credentials), [400, 404]),
        Case("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [400, 404, 405]),
        Case("CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [400, 404, 405]),
        Case("POST", "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", [405]),
        Case("an unknown method", "JOIN \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [400, 405]),
        Case("NUL in the target", get("\(path)?roomId=room\0-0", credentials), [400]),
        Case(
            "NUL in a header",
            get("\(path)?roomId=room-0", "X-User-Id: user\0-0\r\nX-Auth-Token: token-0\r\n"),
            [400]
        ),
        Case("a control byte in a header", get(path, "X-User-Id: a\u{1}\r\n"), [400]),
        Case("NUL, encoded", get("\(path)?roomId=room-0%00", credentials), [400]),
        Case("a header name with a space", get(path, "X User: a\r\n"), [400]),
        Case("a folded header", get("\(path)?roomId=room-0", "X-User-Id: user-0\r\n folded\r\n"), [400, 401]),
        Case("a user twice", get("\(path)?roomId=room-0", "X-User-Id: user-1\r\n" + credentials), [401]),
        Case("a token twice", get("\(path)?roomId=room-0", credentials + "X-Auth-Token: token-0\r\n"), [401]),
        Case("the same token in two cases", get("\(path)?roomId=room-0", credentials + "x-auth-token: no\r\n"), [401]),
        Case("Host twice", get("\(path)?roomId=room-0", "Host: y\r\n" + credentials), [200, 400]),
        Case("no Host", get("\(path)?roomId=room-0", credentials, host: ""), [200, 400]),
        Case("Content-Length twice", get(path, "Content-Length: 1\r\nContent-Length: 2\r\n"), [400]),
        Case("Content-Length below zero", get(path, "Content-Length: -1\r\n"), [400]),
        Case("Content-Length beyond all numbers", get(path, "Content-Length: 99999999999999999999999\r\n"), [400]),
        Case(
            "Transfer-Encoding with Content-Length",
            get(path, "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n")
                + "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            [400]
        ),
        Case("an unknown Transfer-Encoding", get(path, "Transfer-Encoding: gzip, identity\r\n"), [400, 401]),
        Case("chunks that are no chunks", get(path, "Transfer-Encoding: chunked\r\n") + "zz\r\n\r\n", [400, 401]),
        Case("HTTP/0.9", "GET \(path)\r\n\r\n", [400]),
        Case("HTTP/3.7", "GET \(path) HTTP/3.7\r\nHost: x\r\n\r\n", [400]),
        Case("line feeds alone", "GET \(path) HTTP/1.1\nHost: x\nConnection: close\n\n", [400, 401]),
        Case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
        Case("a TLS greeting", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n", [400]),
        Case(
            "a target of 9,000 bytes",
            get(path + "?roomId=" + String(repeating: "r", count: 9_000), credentials),
            [414]
        ),
        Case("headers of 20,000 bytes", get(path, "Padding: " + String(repeating: "p", count: 20_000) + "\r\n"), [431]),
        Case("a header of 1 MB", get(path, "Padding: " + String(repeating: "p", count: 1 << 20) + "\r\n"), [400, 431]),
        Case(
            "1,000 headers",
            get(path, (0..<1_000).map { "H\($0): v\r\n" }.joined()),
            [400, 431]
        ),
        Case("a target of 1 MB", get("/" + String(repeating: "t", count: 1 << 20), ""), [400, 414]),
        Case(
            "200 parameters",
            get(path + "?" + (0..<200).map { "p\($0)=1" }.joined(separator: "&"), credentials),
            [400]
        ),
    ]

    func run() throws -> [Tally] {
        var closed = 0
        for one in Self.fixed where try !answers(one) { closed += 1 }
        return [
            Tally(
                "malformed and oversized requests, one by one",
                Self.fixed.count,
                "each answered with the status that was expected, \(closed) closed without an answer"
            )
        ]
    }

    /// Returns whether it was answered, and not just closed.
    private func answers(_ one: Case) throws -> Bool {
        let client = try Client(port: server.port)
        client.send(one.bytes)
        client.endSending()
        guard let answer = try client.next() else {
            // What is far too large may be closed in the sender's face, and the answer lost with it.
            guard one.bytes.count > 100_000 else { throw TrialFailure("\(one.what) was closed without an answer") }
            return false
        }
        guard one.allowed.contains(answer.status) else {
            throw TrialFailure("\(one.what) was answered \(answer.status) \(answer.body)")
        }
        let rest = client.rest() ?? []
        guard !String(decoding: rest, as: UTF8.self).contains("HTTP/1.1 ") else {
            throw TrialFailure("\(one.what) was answered twice")
        }
        return true
    }
}
