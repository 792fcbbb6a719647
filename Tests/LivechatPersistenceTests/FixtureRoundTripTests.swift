import LivechatJoin
import Testing

@testable import LivechatPersistence

@Suite("Reading and writing a fixture")
struct FixtureRoundTripTests {
    @Test("Reading what was written and writing it again gives the same bytes")
    func sameBytes() throws {
        let found = try elements(of: completeFixture)
        #expect(try written(found.map(\.element)) == completeFixture)
    }

    @Test("Elements come in the order of the document, with their places, as often as it is read")
    func order() throws {
        let reader = FixtureReader(
            Array(#"{"rooms":[{"id":"b"},{"id":"a"}],"settings":{},"users":[{"id":"u"}],"roles":[]}"#.utf8)
        )
        for _ in 0..<2 {
            var places: [String] = []
            try reader.read { places += ["\($1)", "\($1.key("members").index(0).key("userId"))"] }
            #expect(
                places == [
                    "rooms[0]", "rooms[0].members[0].userId", "rooms[1]", "rooms[1].members[0].userId",
                    "settings", "settings.members[0].userId", "users[0]", "users[0].members[0].userId",
                ]
            )
        }
    }

    @Test("What the visitor throws ends the reading")
    func visitorThrows() throws {
        let bytes = Array(#"{"rooms":[{"id":"r"},{"id":"s"},7]}"#.utf8)
        var count = 0
        let error = #expect(throws: FixtureError.self) {
            try FixtureReader(bytes).read { _, place in
                count += 1
                if count == 2 { throw FixtureError(place.key("servedBy"), "no user \(FixtureError.quoted("u9"))") }
            }
        }
        #expect(error?.description == #"rooms[1].servedBy: no user "u9""#)
        #expect(error?.place == "rooms[1].servedBy" && error?.message == #"no user "u9""#)
    }

    @Test("The contract's example")
    func example() throws {
        let text = #"""
            {
              "settings":    { "previewRoom": true, "loginExpirationDays": 90 },
              "roles":       [ { "id": "livechat-agent", "scope": "Users", "description": "", "restrictedTo": ["view-joined-room"] } ],
              "permissions": [ { "id": "view-l-room", "roles": ["admin", "livechat-agent"] } ],
              "users":       [ { "id": "u1", "username": "ann", "active": true, "roles": ["livechat-agent"],
                                 "tokens": [ { "token": "raw", "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-04-01T00:00:00Z", "kind": "login" },
                                             { "hashedToken": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "kind": "personalAccess" } ] } ],
              "departments": [ { "id": "d1", "enabled": true, "agents": ["u1"] } ],
              "rooms":       [ { "id": "r1", "kind": "l", "open": true, "servedBy": "u1", "departmentId": "d1", "visitorToken": "v1",
                                 "inquiry": { "status": "queued", "departmentId": "d1", "defaultAgent": "u1" },
                                 "members": [ { "userId": "u1", "joinedAt": "2026-01-02T00:00:00Z", "roles": ["owner"] } ] } ]
            }
            """#
        let first = LivechatTimestamp(milliseconds: 1_767_225_600_000)
        let expected: [FixtureElement] = [
            .settings(FixtureSettings(previewRoom: .value(true), loginExpirationDays: .value(90))),
            .role(
                FixtureRole(
                    id: try LivechatRoleID("livechat-agent"),
                    scope: .users,
                    description: .value(""),
                    restrictedTo: .value([try LivechatPermissionID("view-joined-room")])
                )
            ),
            .permission(
                FixturePermission(
                    id: LivechatPermission.viewLivechatRoom,
                    roles: [try LivechatRoleID("admin"), try LivechatRoleID("livechat-agent")]
                )
            ),
            .user(
                FixtureUser(
                    id: try LivechatUserID("u1"),
                    username: .value("ann"),
                    active: true,
                    roles: [try LivechatRoleID("livechat-agent")],
                    tokens: [
                        FixtureToken(
                            digest: try #require(LivechatTokenDigest(base64: hashOfRaw)),
                            createdAt: first,
                            expiresAt: .value(first.adding(days: 90)),
                            kind: .login
                        ),
                        FixtureToken(
                            digest: try #require(LivechatTokenDigest(bytes: Array(0..<32))),
                            kind: .personalAccess
                        ),
                    ]
                )
            ),
            .department(
                FixtureDepartment(id: try LivechatDepartmentID("d1"), enabled: true, agents: [try LivechatUserID("u1")])
            ),
            .room(
                FixtureRoom(
                    id: try LivechatRoomID("r1"),
                    kind: "l",
                    open: true,
                    servedBy: .value(try LivechatUserID("u1")),
                    departmentID: .value(try LivechatDepartmentID("d1")),
                    visitorToken: .value(LivechatVisitorToken("v1")),
                    inquiry: .value(
                        FixtureInquiry(
                            status: .value("queued"),
                            departmentID: .value(try LivechatDepartmentID("d1")),
                            defaultAgent: .value(try LivechatUserID("u1"))
                        )
                    ),
                    members: [
                        FixtureMember(
                            userID: try LivechatUserID("u1"),
                            joinedAt: first.adding(days: 1),
                            roles: [try LivechatRoleID("owner")]
                        )
                    ]
                )
            ),
        ]
        #expect(try elements(of: text).map(\.element) == expected)
    }

    @Test("Left out, null and a value are three things, in both directions")
    func threeStates() throws {
        for text in ["{}", #"{"servedBy": null}"#, #"{"servedBy": "u1"}"#, #"{"inquiry": {}}"#, #"{"inquiry": null}"#] {
            let room = text.replacing("{", with: #"{"id": "r", "#, maxReplacements: 1).replacing(", }", with: "}")
            let document = """
                {
                  "roles": [],
                  "permissions": [],
                  "users": [],
                  "departments": [],
                  "rooms": [
                    \(room)
                  ]
                }

                """
            #expect(try written(elements(of: document).map(\.element)) == document)
        }
        #expect(Given<Int>.leftOut.value(keeping: 1) == 1)
        #expect(Given<Int>.null.value(keeping: 1) == nil)
        #expect(Given<Int>.value(2).value(keeping: 1) == 2)
        #expect(Given<Int>(nil) == .null && Given<Int>(3) == .value(3))
    }

    @Test("An empty document, one key of it, and what a writer makes of nothing")
    func empty() throws {
        #expect(try elements(of: "{}").isEmpty)
        #expect(try elements(of: #" { "rooms" : [ ] } "#).isEmpty)
        let nothing = try written([])
        #expect(
            nothing == """
                {
                  "roles": [],
                  "permissions": [],
                  "users": [],
                  "departments": [],
                  "rooms": []
                }

                """
        )
        #expect(try elements(of: nothing).isEmpty)
    }

    @Test(
        "Ids of every kind survive",
        arguments: [
            #"""#, #"\"#, #"\""#, "\u{0}", "a\u{0}b", "\u{1f}\u{7f}\u{80}", "😀", "e\u{301}", "é", "\u{1100}\u{1161}",
            " ", "\n\r\t\u{8}\u{c}", "/", "\u{2028}\u{2029}", "\u{FEFF}", "\u{FFFD}", "\u{202e}rtl",
            String(repeating: "x", count: 256), String(repeating: "😀", count: 64), String(repeating: "\"", count: 256),
        ]
    )
    func ids(_ text: String) throws {
        let room = FixtureElement.room(
            FixtureRoom(
                id: try LivechatRoomID(text),
                kind: text,
                visitorToken: .value(LivechatVisitorToken(text)),
                members: [FixtureMember(userID: try LivechatUserID(text), roles: [try LivechatRoleID(text)])]
            )
        )
        let document = try written([room])
        #expect(try elements(of: document).map(\.element) == [room])
        #expect(try written(elements(of: document).map(\.element)) == document)
    }

    @Test(
        "Numbers are written as people would, and read as the same value",
        arguments: [
            (90, "90"), (0.5, "0.5"), (0, "0"), (-0.0, "-0"), (-1, "-1"), (0.1, "0.1"), (1e21, "1e+21"),
            (Double.leastNonzeroMagnitude, "5e-324"), (9_007_199_254_740_992, "9007199254740992"),
            (1.0 / 3, "0.3333333333333333"),
        ] as [(Double, String)]
    )
    func numbers(_ value: Double, _ text: String) throws {
        let settings = FixtureElement.settings(FixtureSettings(loginExpirationDays: .value(value)))
        let document = try written([settings])
        #expect(document.contains("\"loginExpirationDays\": \(text)}"))
        #expect(try elements(of: document).map(\.element) == [settings])
    }

    @Test("A number that JSON does not have is an error", arguments: [Double.infinity, -.infinity, .nan])
    func noNumber(_ value: Double) {
        #expect(throws: FixtureError.self) {
            try written([.settings(FixtureSettings(loginExpirationDays: .value(value)))])
        }
    }

    @Test("Elements out of order are refused")
    func outOfOrder() throws {
        let role = FixtureElement.role(FixtureRole(id: try LivechatRoleID("a")))
        let room = FixtureElement.room(FixtureRoom(id: try LivechatRoomID("r")))
        let settings = FixtureElement.settings(FixtureSettings())
        for wrong in [[room, role], [role, settings], [settings, settings]] {
            #expect(throws: FixtureError.self) { try written(wrong) }
        }
    }

    @Test("A large document comes in sizeable pieces, and an error of the sink ends it")
    func pieces() throws {
        struct Full: Error {}
        let rooms = try (0..<5_000).map {
            FixtureElement.room(FixtureRoom(id: try LivechatRoomID("room \($0)"), kind: "l"))
        }
        let pieces = Pieces()
        var writer = FixtureWriter { pieces.all.append($0) }
        for room in rooms { try writer.write(room) }
        try writer.finish()
        #expect(pieces.all.count > 1)
        #expect(pieces.all.dropLast().allSatisfy { (65_536..<70_000).contains($0.count) })
        #expect(try elements(of: Array(pieces.all.joined())).map(\.element) == rooms)

        var broken = FixtureWriter { _ in throw Full() }
        try broken.write(rooms[0])
        #expect(throws: Full.self) { try broken.finish() }
    }
}
