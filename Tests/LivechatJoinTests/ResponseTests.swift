import Foundation
import LivechatJoin
import Testing

@Suite("C2, C9: the bytes")
struct ResponseTests {
    static let missing =
        #"400 {"success":false,"error":"must have required property 'roomId' [invalid-params]","errorType":"invalid-params"}"#
    static let additional =
        #"400 {"success":false,"error":"must NOT have additional properties [invalid-params]","errorType":"invalid-params"}"#
    static let notAString =
        #"400 {"success":false,"error":"must be string [invalid-params]","errorType":"invalid-params"}"#
    static let lacksPermission =
        #"403 {"success":false,"error":"User does not have the permissions required for this action [error-unauthorized]"}"#
    static let observedNotLoggedIn =
        #"401 {"success":false,"error":"You must be logged in to do this.","status":"error","message":"You must be logged in to do this."}"#

    /// Every answer that is the same in all profiles.
    static let common: [(outcome: JoinOutcome, answer: String)] =
        RoomAccess.allCases.map { (.joined($0), #"200 {"success":true}"#) } + [
            (.alreadyMember, #"200 {"success":true}"#),
            (.refused(.invalidParameters(.missing)), missing),
            (.refused(.invalidParameters(.additional)), additional),
            (.refused(.invalidParameters(.notAString)), notAString),
            (.refused(.lacksPermission(.notGranted)), lacksPermission),
            (.refused(.lacksPermission(.restricted(by: LivechatRoleID(stored: "guest")))), lacksPermission),
            (.refused(.noSuchRoom), #"400 {"success":false,"error":"error-invalid-room"}"#),
            (.refused(.roomClosed), #"400 {"success":false,"error":"room-closed"}"#),
            (
                .refused(.rule(JoinRule.Refusal(code: "error-not-now"))),
                #"400 {"success":false,"error":"error-not-now"}"#
            ),
            (
                .refused(.rule(JoinRule.Refusal(code: #"a "quoted" \ code"#))),
                #"400 {"success":false,"error":"a \"quoted\" \\ code"}"#
            ),
            (.refused(.rule(JoinRule.Refusal(code: ""))), #"400 {"success":false,"error":""}"#),
        ]

    @Test("The same in every profile", arguments: common)
    func inEveryProfile(_ row: (outcome: JoinOutcome, answer: String)) {
        for profile in JoinProfile.all { #expect("\(profile.response(to: row.outcome))" == row.answer) }
    }

    @Test(
        "Where the profiles differ",
        arguments: [
            (
                "documented", #"401 {"status":"error","message":"You must be logged in to do this."}"#,
                #"403 {"success":false,"error":"unauthorized"}"#
            ),
            ("rocket-chat-7", observedNotLoggedIn, #"400 {"success":false,"error":"error-not-allowed"}"#),
            ("rocket-chat-8", observedNotLoggedIn, #"400 {"success":false,"error":"error-not-allowed"}"#),
        ]
    )
    func differing(_ name: String, _ notLoggedIn: String, _ noAccess: String) throws {
        let profile = try #require(JoinProfile.all.first { $0.name == name })
        for reason in AuthenticationRefusal.allCases {
            #expect("\(profile.response(to: .refused(.notLoggedIn(reason))))" == notLoggedIn)
        }
        #expect("\(profile.response(to: .refused(.noAccess())))" == noAccess)
    }

    @Test("There are three profiles, the documented one first")
    func profiles() {
        #expect(JoinProfile.all.map(\.name) == ["documented", "rocket-chat-7", "rocket-chat-8"])
    }

    @Test("A store that failed")
    func unavailable() {
        #expect("\(JoinResponse.unavailable)" == #"503 {"success":false,"error":"Service Unavailable"}"#)
        #expect(JoinResponse.contentType == "application/json")
    }

    @Test(
        "Text becomes a JSON string",
        arguments: [
            ("", #""""#), ("a", #""a""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#), ("\n\r\t", #""\n\r\t""#),
            ("\0", #""\u0000""#), ("\u{1}\u{1f}", #""\u0001\u001f""#), ("\u{8}\u{c}", #""\u0008\u000c""#),
            ("\u{7f}", "\"\u{7f}\""), ("é", "\"é\""), ("\u{2028}", "\"\u{2028}\""), ("😀", "\"😀\""),
            ("</script>", "\"</script>\""), ("a\0b", #""a\u0000b""#),
        ]
    )
    func jsonString(_ text: String, _ json: String) throws {
        #expect(JSONString.quoted(text) == json)
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        JSONString.append(text, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
        #expect(try JSONDecoder().decode([String].self, from: Data(bytes)) == [text])
    }

    @Test("Every ASCII character survives a JSON reader")
    func everyByte() throws {
        let text = String(decoding: (0...127).map { UInt8($0) }, as: UTF8.self)
        let read = try JSONDecoder().decode([String].self, from: Data("[\(JSONString.quoted(text))]".utf8))
        #expect(read.map { Array($0.utf8) } == [Array(text.utf8)])
    }

    @Test("The table has a row for every answer, in the order of the steps")
    func table() {
        let documented = JoinProfile.documented.table.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            documented == [
                "| step | status | body |",
                "|---|---|---|",
                #"| 1. authenticate | 401 | `{"status":"error","message":"You must be logged in to do this."}` |"#,
                "| 2. limit | 429 | `\(LimitTests.tooMany(0).dropFirst(4).replacing("0 s", with: "N s"))` |",
                "| 3. validate | 400 | `\(Self.missing.dropFirst(4))` |",
                "| 3. validate | 400 | `\(Self.additional.dropFirst(4))` |",
                "| 3. validate | 400 | `\(Self.notAString.dropFirst(4))` |",
                "| 4. authorize | 403 | `\(Self.lacksPermission.dropFirst(4))` |",
                #"| 5. find | 400 | `{"success":false,"error":"error-invalid-room"}` |"#,
                #"| 6. open | 400 | `{"success":false,"error":"room-closed"}` |"#,
                #"| 7. rules | 400 | `{"success":false,"error":"<the rule's code>"}` |"#,
                #"| 8. access | 403 | `{"success":false,"error":"unauthorized"}` |"#,
                #"| 9. join | 200 | `{"success":true}` |"#,
            ]
        )
        let eight = JoinProfile.rocketChat8.table.split(separator: "\n")
        #expect(eight[3].hasPrefix("| 2. authorize | 403 |"))
        #expect(eight[4].hasPrefix("| 3. limit | 429 |"))
        #expect(eight[5].hasPrefix("| 4. validate | 400 |"))
        #expect(eight[11] == #"| 8. access | 400 | `{"success":false,"error":"error-not-allowed"}` |"#)
    }
}
