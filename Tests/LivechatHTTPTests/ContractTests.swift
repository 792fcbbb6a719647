#if HTTP
import Hummingbird
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import Testing

/// A request and what it is answered (contract C2); nil where the profile says the same as the one before it.
struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var userIDs = [Fixture.agent]
    var tokens = [Fixture.token]
    var query: String?
    var documented: Answer
    var rocketChat7: Answer?
    var rocketChat8: Answer?

    struct Answer: Sendable, Hashable {
        var status: Int
        var body: String
    }

    var testDescription: String { name }

    var uri: String { JoinRequest.path + (query.map { "?" + $0 } ?? "") }

    var headers: HTTPFields {
        var fields = HTTPFields()
        fields[values: .userID] = userIDs
        fields[values: .token] = tokens
        return fields
    }

    func answer(in profile: JoinProfile) -> Answer {
        switch profile.name {
        case "rocket-chat-8": rocketChat8 ?? rocketChat7 ?? documented
        case "rocket-chat-7": rocketChat7 ?? documented
        default: documented
        }
    }
}

/// A header field; Hummingbird hands on the type of all of them, not of one.
typealias HTTPField = HTTPFields.Element

extension HTTPField.Name {
    static let userID = HTTPField.Name("X-User-Id")!
    static let token = HTTPField.Name("X-Auth-Token")!
}

extension Row.Answer {
    static let success = Self(status: 200, body: #"{"success":true}"#)
    static let missing = invalid("must have required property 'roomId'")
    static let additional = invalid("must NOT have additional properties")
    static let notAString = invalid("must be string")
    static let noSuchRoom = Self(status: 400, body: #"{"success":false,"error":"error-invalid-room"}"#)
    static let closed = Self(status: 400, body: #"{"success":false,"error":"room-closed"}"#)
    static let noPermission = Self(
        status: 403,
        body: #"{"success":false,"error":"User does not have the permissions required for this action "#
            + #"[error-unauthorized]"}"#
    )
    static let notLoggedIn = Self(
        status: 401,
        body: #"{"status":"error","message":"You must be logged in to do this."}"#
    )
    static let observedNotLoggedIn = Self(
        status: 401,
        body: #"{"success":false,"error":"You must be logged in to do this.","status":"error","#
            + #""message":"You must be logged in to do this."}"#
    )

    private static func invalid(_ fault: String) -> Self {
        Self(status: 400, body: #"{"success":false,"error":"\#(fault) [invalid-params]","errorType":"invalid-params"}"#)
    }
}

extension Row {
    static let contract = [
        Row(name: "joined", query: "roomId=served", documented: .success),
        Row(name: "already a member", query: "roomId=entered", documented: .success),
        Row(name: "no question mark", documented: .missing),
        Row(name: "an empty query", query: "", documented: .missing),
        Row(name: "an empty parameter", query: "&&", documented: .missing),
        Row(name: "missing beats additional", query: "x=1", documented: .missing),
        Row(name: "the name in another case", query: "roomid=served", documented: .missing),
        Row(name: "additional", query: "roomId=served&x=1", documented: .additional),
        Row(name: "additional without a value", query: "roomId=served&x", documented: .additional),
        Row(name: "additional beats not a string", query: "roomId=served&roomId=served&x", documented: .additional),
        Row(name: "repeated", query: "roomId=served&roomId=served", documented: .notAString),
        Row(name: "an array", query: "roomId[]=served", documented: .notAString),
        Row(name: "an encoded array", query: "roomId%5B%5D=served", documented: .notAString),
        Row(name: "an object", query: "roomId[x]=served", documented: .notAString),
        Row(name: "no such room", query: "roomId=nowhere", documented: .noSuchRoom),
        Row(name: "an empty id", query: "roomId=", documented: .noSuchRoom),
        Row(name: "no livechat room", query: "roomId=channel", documented: .noSuchRoom),
        Row(name: "decoded once", query: "roomId=%73erved", documented: .success),
        Row(name: "not decoded twice", query: "roomId=%2573erved", documented: .noSuchRoom),
        Row(name: "an encoded name", query: "%72oomId=served", documented: .success),
        Row(
            name: "reserved characters",
            query: "roomId=Zo%C3%AB+%26+co%2F100%25%2B1",
            documented: .success
        ),
        Row(name: "a malformed escape", query: "roomId=Zo%C3%AB+%26+co/100%%2B1", documented: .success),
        Row(name: "a second question mark", query: "roomId=served?", documented: .noSuchRoom),
        Row(name: "a fragment", query: "roomId=served#x", documented: .success),
        Row(name: "not trimmed", query: "roomId=served+", documented: .noSuchRoom),
        Row(name: "not cut at NUL", query: "roomId=served%00", documented: .noSuchRoom),
        Row(name: "not UTF-8 once decoded", query: "roomId=served%FF", documented: .noSuchRoom),
        Row(name: "composed otherwise", query: "roomId=Zoe%CC%88+%26+co/100%25%2B1", documented: .noSuchRoom),
        Row(name: "closed", query: "roomId=closed", documented: .closed),
        Row(
            name: "the embedder's rule",
            query: "roomId=ruled",
            documented: Answer(status: 400, body: #"{"success":false,"error":"say \"please\""}"#)
        ),
        Row(
            name: "no access",
            query: "roomId=foreign",
            documented: Answer(status: 403, body: #"{"success":false,"error":"unauthorized"}"#),
            rocketChat7: Answer(status: 400, body: #"{"success":false,"error":"error-not-allowed"}"#)
        ),
        Row(
            name: "no permission",
            userIDs: ["bob"],
            tokens: ["bob's token"],
            query: "roomId=served",
            documented: .noPermission
        ),
        Row(
            name: "no permission and no parameter",
            userIDs: ["bob"],
            tokens: ["bob's token"],
            documented: .missing,
            rocketChat8: .noPermission
        ),
    ]

    static let notLoggedIn = [
        Row(name: "a wrong token", tokens: ["wrong"]),
        Row(name: "another user's token", tokens: ["bob's token"]),
        Row(name: "an unknown user", userIDs: ["nobody"]),
        Row(name: "an expired token", tokens: ["old"]),
        Row(name: "an inactive user", userIDs: ["ina"], tokens: ["ina's token"]),
        Row(name: "no headers", userIDs: [], tokens: []),
        Row(name: "no user", userIDs: []),
        Row(name: "no token", tokens: []),
        Row(name: "an empty user", userIDs: [""]),
        Row(name: "a blank token", tokens: [" \t "]),
        Row(name: "a user twice", userIDs: [Fixture.agent, Fixture.agent]),
        Row(name: "a token twice", tokens: [Fixture.token, Fixture.token]),
        Row(name: "a wrong token after the right one", tokens: [Fixture.token, "wrong"]),
        Row(name: "an empty token after the right one", tokens: [Fixture.token, ""]),
        Row(name: "a list", userIDs: ["\(Fixture.agent), \(Fixture.agent)"]),
        Row(name: "the user's id in another case", userIDs: ["Ann"]),
        Row(name: "an id that is too long", userIDs: [String(repeating: "a", count: 257)]),
        Row(name: "the character for what is not UTF-8", tokens: ["\u{FFFD}"]),
    ]

    private init(name: String, userIDs: [String] = [Fixture.agent], tokens: [String] = [Fixture.token]) {
        self.init(
            name: name,
            userIDs: userIDs,
            tokens: tokens,
            query: "roomId=served",
            documented: .notLoggedIn,
            rocketChat7: .observedNotLoggedIn
        )
    }

    static let all = contract + notLoggedIn
}

@Suite("The contract over HTTP")
struct ContractTests {
    @Test("Every row of C2 in every profile", arguments: Row.all)
    func row(_ row: Row) async throws {
        for profile in JoinProfile.all {
            let store = try await Fixture.store()
            try await Fixture.test(Fixture.service(store, profile: profile)) { client in
                let response = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
                #expect(Row.Answer(status: response.status.code, body: response.text) == row.answer(in: profile))
                #expect(response.headers[values: .contentType] == ["application/json"])
                #expect(response.headers[values: .cacheControl] == ["no-store"])
                #expect(response.headers[values: .contentLength] == ["\(response.body.readableBytes)"])
            }
            let joins = row.documented == .success && row.name != "already a member" ? 1 : 0
            #expect(try await store.events(after: 0, kinds: [.joined]).count == joins)
        }
    }

    @Test("Every row over one connection")
    func live() async throws {
        try await Fixture.test(Fixture.service(await Fixture.store()), .live) { client in
            for row in Row.all {
                let response = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
                let answer = Row.Answer(status: response.status.code, body: response.text)
                #expect(answer == row.documented, "\(row.name)")
            }
        }
    }

    @Test("The names of the headers are read in any case")
    func headerNames() async throws {
        let user = try #require(HTTPField.Name("x-USER-id"))
        let token = try #require(HTTPField.Name("X-AUTH-TOKEN"))
        try await Fixture.test(Fixture.service(await Fixture.store())) { client in
            let headers: HTTPFields = [user: Fixture.agent, token: Fixture.token]
            let response = try await client.execute(
                uri: JoinRequest.path + "?roomId=served",
                method: .get,
                headers: headers
            )
            #expect(response.status == .ok)
        }
    }

    @Test("A store that fails is 503 and nothing is written")
    func unavailable() async throws {
        let store = try await Fixture.store()
        store.failNextCalls(1)
        try await Fixture.test(Fixture.service(store)) { client in
            let row = Row.contract[0]
            let response = try await client.execute(uri: row.uri, method: .get, headers: row.headers)
            #expect(response.status == .serviceUnavailable)
            #expect(response.text == #"{"success":false,"error":"Service Unavailable"}"#)
        }
        #expect(try await store.events(after: 0, kinds: [.joined]).isEmpty)
    }
}
#endif
