import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("C1: the query")
struct QueryTests {
    /// A parameter in words: `id r1`, `unmatched` or the fault.
    private func words(_ room: SentValue<LivechatRoomID>) -> [UInt8] {
        switch room {
        case .value(let id): Array("id \(id)".utf8)
        case .matchesNothing: Array("unmatched".utf8)
        case .missing, .malformed(.missing): Array("missing".utf8)
        case .malformed(.additional): Array("additional".utf8)
        case .malformed(.notAString): Array("not a string".utf8)
        }
    }

    static let long = String(repeating: "x", count: 256)

    static let rows: [(query: String?, parameter: String)] = [
        // Exactly one string.
        ("roomId=r1", "id r1"), ("&&roomId=r1&", "id r1"), ("%72oom%49d=r1", "id r1"), ("roomId=a=b", "id a=b"),
        ("roomId==", "id ="), ("roomId=a;b", "id a;b"), ("roomId=a?roomId=b", "id a?roomId=b"), ("roomId=é", "id é"),
        ("roomId=\(long)", "id \(long)"), ("roomId=[]", "id []"), ("roomId=R1", "id R1"), ("roomId=null", "id null"),
        // Decoded once, and not trimmed.
        ("roomId=a+b", "id a b"), ("roomId=a%2Bb", "id a+b"), ("roomId=a%2bb", "id a+b"), ("roomId=+r1", "id  r1"),
        ("roomId=%20r1%0A", "id  r1\n"), ("roomId=%26%3D", "id &="), ("roomId=%2541", "id %41"),
        ("roomId=%C3%A9", "id \u{E9}"), ("roomId=e%cc%81", "id e\u{301}"), ("roomId=%EF%BF%BD", "id \u{FFFD}"),
        // A malformed escape stays as it is.
        ("roomId=%zz", "id %zz"), ("roomId=%", "id %"), ("roomId=%4", "id %4"), ("roomId=%4z", "id %4z"),
        ("roomId=%%34", "id %4"), ("roomId=a%", "id a%"), ("roomId=%+1", "id % 1"), ("roomId=%é", "id %é"),
        ("roomId=%-1", "id %-1"), ("roomId=%0x", "id %0x"),
        // Values that match nothing.
        ("roomId=", "unmatched"), ("roomId", "unmatched"), ("roomId=%00", "unmatched"), ("roomId=r1%00", "unmatched"),
        ("roomId=%00r1", "unmatched"), ("roomId=r1\0", "unmatched"), ("roomId=%ff", "unmatched"),
        ("roomId=r1%ff", "unmatched"), ("roomId=%C3", "unmatched"), ("roomId=%E2%82", "unmatched"),
        ("roomId=%C0%80", "unmatched"), ("roomId=%ED%A0%80", "unmatched"), ("roomId=%F5%80%80%80", "unmatched"),
        ("roomId=\u{FFFD}", "unmatched"), ("roomId=r1\u{FFFD}", "unmatched"), ("roomId=\(long)x", "unmatched"),
        // Missing.
        (nil, "missing"), ("", "missing"), ("&", "missing"), ("&&", "missing"), ("x=1", "missing"), ("=x", "missing"),
        ("=", "missing"), ("roomid=r1", "missing"), ("RoomId=r1", "missing"), ("roomId =r1", "missing"),
        ("roomId+=r1", "missing"), ("+roomId=r1", "missing"), ("roomId%00=r1", "missing"), ("roomId%3Dr1", "missing"),
        ("roomId[=r1", "missing"), ("roomId[", "missing"), ("roomId[x=r1", "missing"), ("roomId]=r1", "missing"),
        ("roomId.x=r1", "missing"), ("x[roomId]=r1", "missing"), ("%ff=r1", "missing"), ("roomI%E4=r1", "missing"),
        ("x=1&x=2&y", "missing"),
        // Additional.
        ("roomId=r1&x=1", "additional"), ("x=1&roomId=r1", "additional"), ("roomId=r1&x", "additional"),
        ("roomId=r1&=x", "additional"), ("roomId=r1&=", "additional"), ("roomId=r1&roomId[", "additional"),
        ("roomId=r1&roomid=r1", "additional"), ("roomId=r1&x[]=1", "additional"), ("roomId=r1&%ff", "additional"),
        ("roomId&x", "additional"), ("roomId=&x=1", "additional"),
        // Not a string.
        ("roomId=r1&roomId=r2", "not a string"), ("roomId=r1&roomId=r1", "not a string"),
        ("roomId&roomId", "not a string"), ("roomId=r1&%72oomId=r1", "not a string"), ("roomId[]=r1", "not a string"),
        ("roomId[]", "not a string"), ("roomId[0]=r1", "not a string"), ("roomId[x]=r1", "not a string"),
        ("roomId[x][y]=r1", "not a string"), ("roomId%5B%5D=r1", "not a string"), ("roomId%5bx%5d=r1", "not a string"),
        ("roomId=r1&roomId[]=r2", "not a string"), ("roomId[]=r1&roomId[]=r2", "not a string"),
        // Missing beats additional, additional beats not-a-string.
        ("roomId=r1&roomId=r2&x=1", "additional"), ("roomId[]=r1&x=1", "additional"),
        ("x=1&roomId[x]=r1", "additional"),
    ]

    @Test("Every row", arguments: rows)
    func row(_ row: (query: String?, parameter: String)) {
        #expect(words(SentValue(query: row.query?[...])) == Array(row.parameter.utf8))
        let request = JoinRequest(headerFields: [], query: row.query)
        #expect(words(request.roomID) == Array(row.parameter.utf8))
    }

    @Test(
        "A value that the embedder has decoded is taken as it is",
        arguments: ["r1", "a+b", "%41", "a b", "\u{FFFD}"]
    )
    func decoded(_ value: String) {
        #expect(words(JoinRequest(userID: "u", token: "t", roomID: value).roomID) == Array("id \(value)".utf8))
    }

    @Test("A decoded value that can be no id matches nothing", arguments: ["", "\0", "a\0b", long + "x"])
    func decodedUnmatched(_ value: String) {
        #expect(words(JoinRequest(userID: "u", token: "t", roomID: value).roomID) == Array("unmatched".utf8))
    }
}

@Suite("C1: the headers")
struct HeaderTests {
    private func words(_ request: JoinRequest) -> [UInt8] {
        switch request.credentials {
        case .token(.value(let token), of: .value(let user)):
            Array("\(user) \(token.digest == LivechatToken("secret").digest)".utf8)
        case .token(_, of: .missing), .token(.missing, of: _): Array("missing".utf8)
        default: Array("malformed".utf8)
        }
    }

    static let rows: [(userIDs: [String], tokens: [String], credentials: String)] = [
        (["u1"], ["secret"], "u1 true"), (["u1"], ["Secret"], "u1 false"), (["u1"], ["secret "], "u1 false"),
        (["u1"], [" secret"], "u1 false"), ([" u1"], ["secret"], " u1 true"), (["u\u{E9}"], ["secret"], "u\u{E9} true"),
        (["ue\u{301}"], ["secret"], "ue\u{301} true"), (["U1"], ["secret"], "U1 true"),
        (["u1"], [String(repeating: "x", count: 10_000)], "u1 false"),
        // Absent, empty or only white space.
        ([], [], "missing"), (["u1"], [], "missing"), ([], ["secret"], "missing"), ([""], ["secret"], "missing"),
        (["u1"], [""], "missing"), ([" "], ["secret"], "missing"), (["u1"], [" \t "], "missing"),
        (["\u{A0}"], ["secret"], "missing"), (["u1"], ["\u{3000}"], "missing"), (["", ""], ["secret"], "missing"),
        // Twice.
        (["u1", "u1"], ["secret"], "malformed"), (["u1"], ["secret", "secret"], "malformed"),
        (["u1", "u2"], ["secret"], "malformed"), (["u1"], ["secret", "wrong"], "malformed"),
        (["u1", ""], ["secret"], "malformed"), (["", "u1"], ["secret"], "malformed"),
        (["u1"], ["", "secret"], "malformed"),
        // Values that match nothing.
        (["u1\u{FFFD}"], ["secret"], "malformed"), (["u1"], ["secret\u{FFFD}"], "malformed"),
        (["u1\0"], ["secret"], "malformed"), (["u1"], ["secret\0"], "malformed"), (["u1"], ["\0secret"], "malformed"),
        ([String(repeating: "u", count: 257)], ["secret"], "malformed"),
    ]

    @Test("Every row", arguments: rows)
    func row(_ row: (userIDs: [String], tokens: [String], credentials: String)) {
        let request = JoinRequest(userIDs: row.userIDs, tokens: row.tokens, query: "roomId=r1")
        #expect(words(request) == Array(row.credentials.utf8))
        let fields =
            row.userIDs.map { (name: JoinRequest.userIDHeader, value: $0) }
            + row.tokens.map { (name: JoinRequest.tokenHeader, value: $0) }
        #expect(
            words(JoinRequest(headerFields: fields, query: nil))
                == Array(row.credentials.utf8)
        )
    }

    @Test(
        "Names in any case",
        arguments: [("X-User-Id", "X-Auth-Token"), ("x-user-id", "x-auth-token"), ("X-USER-ID", "X-AUTH-TOKEN")]
    )
    func names(_ user: String, _ token: String) {
        let fields = [(name: user, value: "u1"), (name: "Accept", value: "*/*"), (name: token, value: "secret")]
        #expect(words(JoinRequest(headerFields: fields, query: nil)) == Array("u1 true".utf8))
    }

    @Test("Twice in different case is twice")
    func mixedCase() {
        let fields = [
            (name: "X-User-Id", value: "u1"), (name: "x-user-id", value: "u1"), (name: "x-auth-token", value: "secret"),
        ]
        #expect(words(JoinRequest(headerFields: fields, query: nil)) == Array("malformed".utf8))
    }

    @Test(
        "Names that only look alike are others",
        arguments: [
            "X-Auth-Toke", "X-Auth-Tokens", "X_Auth_Token", " X-Auth-Token", "X-Auth-To\u{212A}en", "X-Auth-Token\0",
        ]
    )
    func otherNames(_ name: String) {
        let fields = [(name: "X-User-Id", value: "u1"), (name: name, value: "secret")]
        #expect(words(JoinRequest(headerFields: fields, query: nil)) == Array("missing".utf8))
    }
}
