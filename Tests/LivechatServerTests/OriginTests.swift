#if Server
import LivechatServer
import Testing

@Suite("Pages of other origins")
struct OriginTests {
    private static let origin = "https://chat.example.org"

    private func exchange(_ request: String, _ allowed: [String]) async throws -> String {
        var options = Fixture.options
        options.allowedOrigins = allowed
        return try await Fixture.exchange(request, options: options)
    }

    private func preflight(_ origin: String?) -> String {
        "OPTIONS \(Fixture.path)?roomId=served HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + (origin.map { "Origin: \($0)\r\n" } ?? "")
            + "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: x-auth-token,x-user-id\r\n\r\n"
    }

    private func granted(_ origin: String) -> String {
        "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nX-Request-Id: made\r\nDate: \(Fixture.date)\r\n"
            + "Connection: close\r\nVary: Origin\r\nAccess-Control-Allow-Origin: \(origin)\r\nAccess-Control-Allow-Methods: GET\r\n"
            + "Access-Control-Allow-Headers: X-User-Id, X-Auth-Token, X-Request-Id\r\n"
            + "Access-Control-Max-Age: 600\r\n\r\n"
    }

    @Test(
        "A preflight of an allowed origin is answered",
        arguments: [[origin], ["http://other", origin], ["*"]]
    )
    func preflight(_ allowed: [String]) async throws {
        let answered = try await exchange(preflight(Self.origin), allowed)
        #expect(answered == granted(allowed == ["*"] ? "*" : Self.origin))
    }

    @Test(
        "Any other is 405, as without origins",
        arguments: [
            ("http://chat.example.org", [origin]), ("https://chat.example.org:443", [origin]),
            ("HTTPS://chat.example.org", [origin]), ("null", [origin]), (origin, []), (nil, [origin]), (nil, ["*"]),
        ] as [(String?, [String])]
    )
    func refused(_ origin: String?, _ allowed: [String]) async throws {
        let answered = try await exchange(preflight(origin), allowed)
        var answer = Answer.methodNotAllowed("GET")
        if !allowed.isEmpty { answer.fields += "Vary: Origin\r\n" }
        #expect(answered == answer.bytes())
    }

    @Test("An answer to an allowed origin may be read by it, whatever it is", arguments: ["served", "nowhere"])
    func answer(_ room: String) async throws {
        let target = "\(Fixture.path)?roomId=\(room)"
        let request = Fixture.get(target, Fixture.credentials + "Origin: \(Self.origin)\r\n")
        var answer = room == "served" ? Answer.joined : Answer.noSuchRoom
        let unchanged = try await exchange(request, [])
        #expect(unchanged == answer.bytes())
        answer.fields = "Vary: Origin\r\n"
        let other = try await exchange(request, ["http://other"])
        #expect(other == answer.bytes())
        answer.fields +=
            "Access-Control-Allow-Origin: \(Self.origin)\r\nAccess-Control-Expose-Headers: "
            + "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After\r\n"
        let allowed = try await exchange(request, [Self.origin])
        #expect(allowed == answer.bytes())
    }
}
#endif
