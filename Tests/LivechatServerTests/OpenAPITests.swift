#if Server
import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatServer
import ServerTesting
import Testing

@Suite("C2: the OpenAPI document")
struct OpenAPITests {
    struct Answered: Hashable {
        let status: Int
        let body: String
    }

    static let profiles = JoinProfile.all.map(\.name)

    /// Everything that a server in this profile can be made to answer to a request for the endpoint.
    private static func answers(_ profile: JoinProfile) async throws -> Set<Answered> {
        let path = Fixture.path
        let bob = "X-User-Id: bob\r\nX-Auth-Token: bob's token\r\n"
        var requests = [
            "", "?roomId=served", "?roomId=served&more=1", "?roomId[]=served", "?roomId=nowhere", "?roomId=closed",
            "?roomId=foreign", "?roomId=other", "?roomId=third&roomId=third", "?roomId=entered",
        ].map { Fixture.get(path + $0) }
        requests += [Fixture.get("\(path)?roomId=served", ""), Fixture.get("\(path)?roomId=served", bob)]
        requests += [
            Fixture.get("\(path)?roomId=served", Fixture.credentials + "Host: y\r\n"),
            "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            Fixture.get("\(path)?roomId=\(String(repeating: "t", count: 8_192))"),
            Fixture.get(path, "Padding: \(String(repeating: "p", count: 17_000))\r\n"),
            Fixture.get(path, "Content-Length: 65537\r\n\r\n\(String(repeating: "b", count: 65_537))"),
        ]
        let store = try await Fixture.store()
        let rule = JoinRule { $0.room.id == "other" ? JoinRule.Refusal(code: "<the rule's code>") : nil }
        var answers: Set<Answered> = []
        func ask(_ service: JoinService, _ requests: [String]) async throws {
            try await JoinServer.with(service, options: Fixture.options) { port, _ in
                for request in requests {
                    let text = try await Wire.exchange(port: port, request)
                    let status = try #require(Int(text.dropFirst(9).prefix(3)))
                    let end = try #require(text.range(of: "\r\n\r\n"))
                    answers.insert(Answered(status: status, body: String(text[end.upperBound...])))
                }
            }
        }
        try await ask(JoinService(store: store, profile: profile, rules: [rule]), requests)
        let limiter = JoinLimiter(requests: JoinRateLimit(requests: 1, seconds: 1), logins: nil)
        let now = LivechatClock.system.now
        let clock = LivechatClock { now }
        let limited = JoinService(store: store, profile: profile, limiter: limiter, clock: clock)
        try await ask(limited, [requests[1], requests[1]])
        let failing = InterposedJoinStore(store, before: { _, _ in throw LivechatStoreError(.busy, "locked") })
        try await ask(JoinService(store: failing, profile: profile), [requests[1]])
        return answers
    }

    @Test("Each answer is an example, and each example an answer, byte for byte", arguments: profiles)
    func examples(_ name: String) async throws {
        let profile = try #require(JoinProfile.all.first { $0.name == name })
        let examples = OpenAPIDocument(profile).examples
        let shown = examples.map {
            Answered(status: $0.response.status, body: String(decoding: $0.response.body, as: UTF8.self))
        }
        #expect(Set(shown) == (try await Self.answers(profile)))
        #expect(Set(shown).count == shown.count)
        #expect(Set(examples.map(\.name)).count == examples.count)
    }

    @Test("The document is JSON, has every example by its name, and says which order holds", arguments: profiles)
    func document(_ name: String) throws {
        let profile = try #require(JoinProfile.all.first { $0.name == name })
        let document = OpenAPIDocument(profile)
        let object = try JSONSerialization.jsonObject(with: Data(document.json.utf8)) as? [String: Any]
        #expect(object?["openapi"] as? String == "3.1.0")
        let paths = object?["paths"] as? [String: [String: [String: Any]]]
        let operation = try #require(paths?["/api/v1/livechat/room.join"]?["get"])
        let order = profile.order.steps.map(\.rawValue).joined(separator: ", ")
        #expect((operation["description"] as? String)?.contains(order) == true)
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        var named: [String: Int] = [:]
        for (status, response) in responses {
            let content = response["content"] as? [String: [String: Any]]
            let examples = content?["application/json"]?["examples"] as? [String: [String: Any]]
            for name in try #require(examples).keys { named[name] = Int(status) }
        }
        #expect(named == Dictionary(uniqueKeysWithValues: document.examples.map { ($0.name, $0.response.status) }))
        // The bytes of each stand in the document as they are answered.
        for example in document.examples {
            #expect(document.json.contains(#""value":"# + String(decoding: example.response.body, as: UTF8.self) + "}"))
        }
    }
}
#endif
