#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import NIOCore
import ServerTesting
import ServiceLifecycle
import Testing

@Suite("What comes over the wire")
struct ConnectionTests {
    private static let head = "GET \(JoinRequest.path)?roomId=served HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

    /// A request with these two headers, byte for byte, and the status of its answer.
    private func status(_ userID: String, _ token: [UInt8], target: String? = nil) async throws -> String? {
        let head = target.map { "GET \($0) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" } ?? Self.head
        let bytes = Array("\(head)X-User-Id:\(userID)\r\nX-Auth-Token:".utf8) + token + Array("\r\n\r\n".utf8)
        let service = Fixture.service(try await Fixture.store())
        return try await Fixture.application(service).test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.exchange(bytes, port: port)
            return answer.split(separator: "\r\n").first.map(String.init)
        }
    }

    @Test(
        "White space around a value is not part of it; nothing else is taken away",
        arguments: [
            ("ann", "ann's token", "HTTP/1.1 200 OK"),
            (" \tann\t ", "  ann's token \t", "HTTP/1.1 200 OK"),
            (" ann", "ann's  token", "HTTP/1.1 401 Unauthorized"),
            ("\u{00A0}ann", "ann's token", "HTTP/1.1 401 Unauthorized"),
            ("\"ann\"", "ann's token", "HTTP/1.1 401 Unauthorized"),
            ("   ", "ann's token", "HTTP/1.1 401 Unauthorized"),
        ]
    )
    func whitespace(_ userID: String, _ token: String, _ status: String) async throws {
        let answered = try await self.status(userID, Array(token.utf8))
        #expect(answered == status)
    }

    @Test("Bytes that are not UTF-8 match nothing")
    func notUTF8() async throws {
        #expect(try await status("ann", Array("ann's token".utf8) + [0xFF]) == "HTTP/1.1 401 Unauthorized")
    }

    @Test("Control characters are refused by the parser", arguments: [0x00, 0x01, 0x0B, 0x7F] as [UInt8])
    func control(_ byte: UInt8) async throws {
        #expect(
            try await status("ann", Array("ann's".utf8) + [byte] + Array("token".utf8)) == "HTTP/1.1 400 Bad Request"
        )
    }

    @Test(
        "A target may name the server",
        arguments: [
            ("http://x\(JoinRequest.path)?roomId=served", "HTTP/1.1 200 OK"),
            ("http://x\(JoinRequest.path)?roomId=%73erved", "HTTP/1.1 200 OK"),
            ("http://x\(JoinRequest.path)", "HTTP/1.1 400 Bad Request"),
            ("http://x", "HTTP/1.1 404 Not Found"),
            ("\(JoinRequest.path)?roomId=served#there", "HTTP/1.1 200 OK"),
            ("\(JoinRequest.path)?", "HTTP/1.1 400 Bad Request"),
            ("http://[x", "HTTP/1.1 404 Not Found"),
            ("http://", "HTTP/1.1 404 Not Found"),
            ("//", "HTTP/1.1 404 Not Found"),
            ("/?", "HTTP/1.1 404 Not Found"),
        ]
    )
    func absolute(_ target: String, _ status: String) async throws {
        let answered = try await self.status("ann", Array(Fixture.token.utf8), target: target)
        #expect(answered == status)
    }

    @Test("What is far too large ends the connection")
    func hardLimit() async throws {
        let bytes = Array((Self.head + "Padding: " + String(repeating: "p", count: 100_000)).utf8)
        try await Fixture.application(Fixture.service(await Fixture.store())).test(.live) { client in
            let answer = try await RawConnection.exchange(bytes, port: #require(client.port))
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test("A connection with nothing to do is closed")
    func idle() async throws {
        var options = JoinHTTPOptions()
        options.idleTimeout = .milliseconds(20)
        let application = Fixture.application(Fixture.service(try await Fixture.store()), options: options)
        try await application.test(.live) { client in
            let answer = try await RawConnection.exchange([], port: #require(client.port))
            #expect(answer.isEmpty)
        }
    }

    @Test("A connection whose answers nobody reads is closed", .timeLimit(.minutes(10)))
    func unread() async throws {
        var options = JoinHTTPOptions()
        options.idleTimeout = .milliseconds(200)
        let application = Fixture.application(Fixture.service(try await Fixture.store()), options: options)
        try await application.test(.live) { client in
            let connection = try await RawConnection(port: #require(client.port))
            try? await connection.channel.executeThenClose { _, outbound in
                let requests = ByteBuffer(
                    string: String(repeating: "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", count: 1_000)
                )
                // It ends when the server has closed the connection.
                await #expect(throws: (any Error).self) { while true { try await outbound.write(requests) } }
            }
        }
    }

    @Test("As many connections may wait to be accepted as the options say")
    func backlog() async throws {
        var options = JoinHTTPOptions()
        #expect(options.backlog == 1_024)
        options.backlog = 77
        let (backlogs, announce) = AsyncStream.makeStream(of: Int32.self)
        let server = Application(
            JoinService(store: try await Fixture.store()),
            address: .hostname("localhost", port: 0),
            options: options,
            onServerRunning: { channel in
                if let backlog = try? await channel.getOption(.backlog).get() { announce.yield(backlog) }
                announce.finish()
            },
            checkReadiness: {}
        )
        let group = ServiceGroup(services: [server], logger: server.logger)
        let running = Task { try await group.run() }
        #expect(await backlogs.first { _ in true } == 77)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test("A graceful shutdown answers what it was asked, then returns")
    func drain() async throws {
        let (asked, announceAsked) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let (ports, announcePort) = AsyncStream.makeStream(of: Int.self)
        let rule = joinRule("never") { _ in
            announceAsked.finish()
            for await _ in released {}
            return true
        }
        let store = try await Fixture.store()
        let server = Application(
            JoinService(store: store, rules: [rule]),
            address: .hostname("localhost", port: 0),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { announcePort.yield(port) }
            },
            checkReadiness: {}
        )
        let group = ServiceGroup(services: [server], logger: server.logger)
        let running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })
        let fields = "X-User-Id: ann\r\nX-Auth-Token: ann's token\r\n\r\n"
        let request = Array((Self.head.replacing("Connection: close\r\n", with: "") + fields).utf8)
        let answer = Task { try await RawConnection.exchange(request, port: port) }
        for await _ in asked {}
        await group.triggerGracefulShutdown()
        release.finish()
        #expect(try await answer.value.hasSuffix(#"{"success":true}"#))
        try await running.value
        #expect(try await store.events(after: 0).count == 1)
    }
}
#endif
