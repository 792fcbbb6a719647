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
                                 "members": [ { "userId": "u1", "joinedAt": "2026-01-02T00:00:00Z", "roles": ["owner"],
                                                "open": false, "alert": true, "unread": 7 } ] } ]
            }
            """#
        let first = LivechatTimestamp(milliseconds: 1_767_225_600_000)
        let expected: [FixtureElement] = [
            .settings(
                FixtureSettings {
                    $0.previewRoom = .value(true)
                    $0.loginExpirationDays = .value(90)
                }
            ),
            .role(
                FixtureRole {
                    $0.id = id("livechat-agent")
                    $0.scope = .users
                    $0.description = .value("")
                    $0.restrictedTo = .value([id("view-joined-room")])
                }
            ),
            .permission(
                FixturePermission {
                    $0.id = LivechatPermissionID.viewLivechatRoom
                    $0.roles = [id("admin"), id("livechat-agent")]
                }
            ),
            .user(
                try FixtureUser {
                    $0.id = id("u1")
                    $0.username = .value("ann")
                    $0.active = true
                    $0.roles = [id("livechat-agent")]
                    $0.tokens = [
                        try FixtureToken {
                            $0.digest = try #require(LivechatTokenDigest(base64: hashOfRaw))
                            $0.createdAt = first
                            $0.expiresAt = .value(first.adding(days: 90))
                            $0.kind = .login
                        },
                        try FixtureToken {
                            $0.digest = try #require(LivechatTokenDigest(bytes: Array(0..<32)))
                            $0.kind = .personalAccess
                        },
                    ]
                }
            ),
            .department(
                FixtureDepartment {
                    $0.id = id("d1")
                    $0.enabled = true
                    $0.agents = [id("u1")]
                }
            ),
            .room(
                FixtureRoom {
                    $0.id = id("r1")
                    $0.kind = "l"
                    $0.open = true
                    $0.servedBy = .value(id("u1"))
                    $0.departmentID = .value(id("d1"))
                    $0.visitorToken = .value(LivechatVisitorToken("v1"))
                    $0.inquiry = .value(
                        FixtureInquiry {
                            $0.status = .value("queued")
                            $0.departmentID = .value(id("d1"))
                            $0.defaultAgent = .value(id("u1"))
                        }
                    )
                    $0.members = [
                        FixtureMember {
                            $0.userID = id("u1")
                            $0.joinedAt = first.adding(days: 1)
                            $0.roles = [id("owner")]
                            $0.open = false
                            $0.alert = true
                            $0.unread = 7
                        }
                    ]
                }
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
            #"""#, #"\"#, #"\""#, "\u{1}", "a\u{1}b", "\u{1f}\u{7f}\u{80}", "😀", "e\u{301}", "é", "\u{1100}\u{1161}",
            " ", "\n\r\t\u{8}\u{c}", "/", "\u{2028}\u{2029}", "\u{FEFF}", "\u{FFFD}", "\u{202e}rtl",
            String(repeating: "x", count: 256), String(repeating: "😀", count: 64), String(repeating: "\"", count: 256),
        ]
    )
    func ids(_ text: String) throws {
        let room = FixtureElement.room(
            FixtureRoom {
                $0.id = id(text)
                $0.kind = text
                $0.visitorToken = .value(LivechatVisitorToken(text))
                $0.members = [
                    FixtureMember {
                        $0.userID = id(text)
                        $0.roles = [id(text)]
                    }
                ]
            }
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
        let settings = FixtureElement.settings(FixtureSettings { $0.loginExpirationDays = .value(value) })
        let document = try written([settings])
        #expect(document.contains("\"loginExpirationDays\": \(text)}"))
        #expect(try elements(of: document).map(\.element) == [settings])
    }

    @Test("A number that JSON does not have is an error", arguments: [Double.infinity, -.infinity, .nan])
    func noNumber(_ value: Double) {
        #expect(throws: FixtureError.self) {
            try written([.settings(FixtureSettings { $0.loginExpirationDays = .value(value) })])
        }
    }

    @Test("Elements out of order are refused")
    func outOfOrder() throws {
        let role = FixtureElement.role(FixtureRole { $0.id = id("a") })
        let room = FixtureElement.room(FixtureRoom { $0.id = id("r") })
        let settings = FixtureElement.settings(FixtureSettings())
        for wrong in [[room, role], [role, settings], [settings, settings]] {
            #expect(throws: FixtureError.self) { try written(wrong) }
        }
    }

    @Test("A large document comes in sizeable pieces, and an error of the sink ends it")
    func pieces() throws {
        struct Full: Error {}
        let rooms = (0..<5_000).map { number in
            FixtureElement.room(
                FixtureRoom {
                    $0.id = id("room \(number)")
                    $0.kind = "l"
                }
            )
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
