import LivechatJoin
import Testing

@testable import Specification
@testable import WorldTesting

#if HTTP
import Hummingbird
import LivechatHTTP
#endif
#if HTTP || Server
import ServerTesting
#endif
#if Server
import LivechatServer
#endif

/// The same rows through every entrance (contract C1 and C2).
@Suite struct EntranceTests {
    @Test("The specification says what the rows say", arguments: EntranceRow.all)
    func specification(_ row: EntranceRow) {
        #expect(Decider(EntranceRow.world).decide(row.request) == row.expected)
    }

    @Test("The service")
    func service() async throws {
        try await Engine.with(EntranceRow.world) { engine in
            let service = engine.service()
            for row in EntranceRow.all {
                let actual = await service.answer(row.request)
                #expect(actual == row.expected, "\(row.name)")
            }
        }
    }

    @Test("The service, in the other profiles", arguments: ProfileUnderTest.all)
    func profiles(_ profile: ProfileUnderTest) async throws {
        try await Engine.with(EntranceRow.world) { engine in
            let service = engine.service(profile)
            for row in EntranceRow.all {
                let actual = await service.answer(row.request)
                #expect(actual == Decider(EntranceRow.world, profile: profile).decide(row.request), "\(row.name)")
            }
        }
    }

    @Test("Header names in any case, among others")
    func headerNames() async throws {
        try await Engine.with(EntranceRow.world) { engine in
            let service = engine.service()
            for (user, token) in [
                ("x-user-id", "x-auth-token"), ("X-USER-ID", "X-AUTH-TOKEN"), ("x-User-iD", "X-auth-Token"),
            ] {
                let fields = [
                    ("Accept", "*/*"), (user, "u1"), ("X-User-Ids", "nobody"), (token, "t1"), ("Cookie", "a=b"),
                ]
                .map { (name: $0.0, value: $0.1) }
                let response = await service.respond(headerFields: fields, query: "roomId=r1")
                #expect(Answer(response) == .joined)
                let doubled = fields + [(name: "X-Auth-Token", value: "t1")]
                let refused = await service.respond(headerFields: doubled, query: "roomId=r1")
                #expect(Answer(refused) == ProfileUnderTest.documented.notLoggedIn)
            }
        }
    }

    #if Server
    @Test("A live socket")
    func socket() async throws {
        try await Engine.with(EntranceRow.world) { engine in
            try await JoinServer.with(engine.service()) { port, _ in
                for row in EntranceRow.all where row.onTheWire {
                    let response = try await Wire.ask(port: port, row.request)
                    #expect(response.answer == row.expected, "\(row.name)")
                    #expect(response.headers["content-type"] == "application/json", "\(row.name)")
                }
                // What only a socket can carry: bytes that are not UTF-8 in a header.
                for (user, token) in [("u1\u{FF}", "t1"), ("u1", "t1\u{FF}")] {
                    let head =
                        "GET /api/v1/livechat/room.join?roomId=r1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        + "X-User-Id: \(user)\r\nX-Auth-Token: \(token)\r\n\r\n"
                    let bytes = head.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
                    let received = String(decoding: try await Wire.exchange(port: port, bytes), as: UTF8.self)
                    #expect(received.hasPrefix("HTTP/1.1 401 "))
                    #expect(received.hasSuffix(ProfileUnderTest.documented.notLoggedIn.body))
                }
            }
        }
    }

    #endif

    #if HTTP
    @Test("The router of a host, in process")
    func router() async throws {
        try await Engine.with(EntranceRow.world) { engine in
            let router = Router()
            router.addLivechatJoin(engine.service())
            try await Application(router: router).test(.router) { try await ask($0) }
        }
    }

    private func ask(_ client: TestClient) async throws {
        for row in EntranceRow.all where row.onTheWire {
            var fields = HTTPFields()
            for field in row.request.headerFields {
                let name = try #require(HTTPFields.Element.Name(field.name))
                fields.append(HTTPFields.Element(name: name, value: field.value))
            }
            let target = "/api/v1/livechat/room.join" + (row.query.map { "?" + $0 } ?? "")
            let response = try await client.execute(uri: target, method: .get, headers: fields)
            let actual = Answer(response.status.code, String(buffer: response.body))
            #expect(actual == row.expected, "\(row.name)")
            #expect(response.headers[.contentType] == "application/json", "\(row.name)")
        }
    }
    #endif
}
