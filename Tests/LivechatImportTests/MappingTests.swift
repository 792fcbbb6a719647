#if Import
import ImportTesting
import LivechatImport
import Testing

/// A row of the mapping of the guide "Coming from Rocket.Chat".
struct MappingRow: Sendable, CustomTestStringConvertible {
    let name: String
    var collections: [String: String]
    /// The entity to look at, and what the fixture says of it; nil where it must not be there.
    var id: String
    var expected: String?
    var findings: [String] = []
    var options = RocketChatExport.Options()

    var testDescription: String { name }
}

@Suite("The mapping, row by row")
struct MappingTests {
    @Test(
        "What comes of a document",
        arguments: users + roles + permissions + departments + rooms + inquiries + members
    )
    func row(_ row: MappingRow) throws {
        let imported = try Imported(row.collections, row.options)
        #expect(imported.fixture.entity(row.id) == row.expected)
        #expect(imported.findings == row.findings)
    }

    static let hash = "QlLOmKIXf8//2HfyarhNavOk6PaJ7norqazmFxx0Uec="
    static let tokenless = #""roles": [], "tokens": []}"#

    private static func user(
        _ name: String,
        _ document: String,
        _ expected: String?,
        _ findings: [String] = [],
        id: String = "u"
    ) -> MappingRow {
        MappingRow(name: name, collections: ["users": document], id: id, expected: expected, findings: findings)
    }

    private static func token(
        _ name: String,
        _ token: String,
        _ expected: String,
        _ findings: [String] = []
    ) -> MappingRow {
        user(
            name,
            #"{"_id":"u","services":{"resume":{"loginTokens":[\#(token)]}}}"#,
            #"{"id": "u", "username": null, "active": true, "roles": [], "tokens": [\#(expected)]}"#,
            findings
        )
    }

    static let users = [
        user("half registered", #"{"_id":"u"}"#, #"{"id": "u", "username": null, "active": true, \#(tokenless)"#),
        user(
            "a bot",
            #"{"_id":"u","type":"bot","username":"b","active":false}"#,
            #"{"id": "u", "username": "b", "active": false, \#(tokenless)"#
        ),
        user("a visitor", #"{"_id":"u","type":"visitor"}"#, nil, ["- a visitor, who is no user: 1"]),
        user("of an unknown type", #"{"_id":"u","type":"unknown"}"#, nil, [#"- of the type "unknown": 1"#]),
        user(
            "an ObjectId",
            #"{"_id":{"$oid":"66f0c2a9d1e4b70012ab3511"}}"#,
            #"{"id": "66f0c2a9d1e4b70012ab3511", "username": null, "active": true, \#(tokenless)"#,
            ["+ its _id is an ObjectId: its 24 digits are the id: 1"],
            id: "66f0c2a9d1e4b70012ab3511"
        ),
        user("a number as id", #"{"_id":4}"#, nil, ["- its _id is neither a text nor an ObjectId: 1"], id: "4"),
        user(
            "there twice",
            #"{"_id":"u","username":"a"}{"_id":"u","username":"b"}"#,
            #"{"id": "u", "username": "a", "active": true, \#(tokenless)"#,
            ["- there twice: 1"]
        ),
        user(
            "roles twice",
            #"{"_id":"u","roles":["a","b","a",null]}"#,
            #"{"id": "u", "username": null, "active": true, "roles": ["a", "b"], "tokens": []}"#,
            ["- a role that is no id: 1"]
        ),
        user(
            "roles null",
            #"{"_id":"u","roles":null,"services":{"resume":{"loginTokens":null}}}"#,
            #"{"id": "u", "username": null, "active": true, \#(tokenless)"#
        ),
        token(
            "a login",
            #"{"when":{"$date":"2026-10-20T07:30:00.123Z"},"hashedToken":"\#(hash)"}"#,
            #"{"hashedToken": "\#(hash)", "createdAt": "2026-10-20T07:30:00.123Z", "kind": "login"}"#
        ),
        token(
            "a login without a time",
            #"{"hashedToken":"\#(hash)"}"#,
            #"{"hashedToken": "\#(hash)", "createdAt": "2026-11-30T12:00:00.000Z", "kind": "login"}"#,
            ["+ a login token without a time, which never expires there: the import's is taken: 1"]
        ),
        token(
            "a login in the future",
            #"{"when":{"$date":"2036-10-20T07:30:00Z"},"hashedToken":"\#(hash)"}"#,
            #"{"hashedToken": "\#(hash)", "createdAt": "2026-11-30T12:00:00.000Z", "kind": "login"}"#,
            ["+ a time in the future: the time of the import is taken instead: 1"]
        ),
        token(
            "a personal one",
            #"{"type":"personalAccessToken","createdAt":{"$date":0},"hashedToken":"\#(hash)"}"#,
            #"{"hashedToken": "\#(hash)", "createdAt": "1970-01-01T00:00:00.000Z", "kind": "personalAccess"}"#,
            ["+ the name of a personal access token is not kept: 1"]
        ),
        token(
            "a raw one",
            #"{"when":{"$date":"2014-05-01T00:00:00Z"},"token":"sample-from-before-hashing"}"#,
            #"{"hashedToken": "+sF1SW2MBmOL79Kq5fUpQFA/Icp0nS+J5aQ4wire0fE=", "#
                + #""createdAt": "2014-05-01T00:00:00.000Z", "kind": "login"}"#,
            ["+ a token that was stored raw, hashed now: revoke it: 1"]
        ),
        token(
            "one that is no hash",
            #"{"hashedToken":"short"},{"hashedToken":7},"text""#,
            "",
            [
                "- a token whose hash is not the base64 of a SHA-256: 1", "- a token without a hash: 1",
                "- a token that is no document: 1",
            ]
        ),
    ]

    static let roles = [
        MappingRow(
            name: "a role of the server's own",
            collections: ["rocketchat_roles": #"{"_id":"admin","name":"admin","scope":"Users","description":"Admin"}"#],
            id: "admin",
            expected: #"{"id": "admin", "scope": "Users", "description": "Admin"}"#
        ),
        MappingRow(
            name: "a role with an id by lot",
            collections: ["rocketchat_roles": #"{"_id":"66f0","name":"Night shift","description":"after ten"}"#],
            id: "66f0",
            expected: #"{"id": "66f0", "scope": "Users", "description": "Night shift: after ten"}"#
        ),
        MappingRow(
            name: "another scope",
            collections: ["rocketchat_roles": #"{"_id":"r","scope":"Teams"}"#],
            id: "r",
            expected: #"{"id": "r", "scope": "Users", "description": ""}"#,
            findings: ["+ its scope is another word: Users: 1"]
        ),
        MappingRow(
            name: "a role that only a user names",
            collections: ["rocketchat_roles": "", "users": #"{"_id":"u","roles":["r"]}"#],
            id: "r",
            expected: #"{"id": "r"}"#,
            findings: [#"+ names the role "r", made for it: 1"#]
        ),
        MappingRow(
            name: "guests, restricted",
            collections: [:],
            id: "guest",
            expected: #"{"id": "guest", "restrictedTo": ["start-discussion", "view-d-room", "view-joined-room", "#
                + #""view-p-room"]}"#,
            options: options { $0.restrictsGuests = true }
        ),
    ]

    private static func options(_ set: (inout RocketChatExport.Options) -> Void) -> RocketChatExport.Options {
        var options = RocketChatExport.Options()
        set(&options)
        return options
    }

    private static let missing = [
        "view-l-room", "view-livechat-rooms", "view-livechat-room-closed-by-another-agent",
        "view-livechat-room-closed-same-department", "api-bypass-rate-limit",
    ].count

    static let permissions = [
        MappingRow(
            name: "grants",
            collections: ["rocketchat_permissions": #"{"_id":"p","roles":["a","a"]}"#],
            id: "p",
            expected: #"{"id": "p", "roles": ["a"]}"#,
            findings: ["+ not in the export: its grants in the database stay: \(missing)"]
        ),
        MappingRow(
            name: "of a setting",
            collections: ["rocketchat_permissions": #"{"_id":"change-setting-x","level":"settings","roles":["a"]}"#],
            id: "change-setting-x",
            expected: nil,
            findings: [
                "- the permission of one setting (--settings-permissions takes it): 1",
                "+ not in the export: its grants in the database stay: \(missing)",
            ]
        ),
    ]

    static let departments = [
        MappingRow(
            name: "a department and its agents",
            collections: [
                "users": #"{"_id":"u"}"#,
                "rocketchat_livechat_department": #"{"_id":"d","enabled":true}"#,
                "rocketchat_livechat_department_agents": #"{"_id":"1","departmentId":"d","agentId":"u"}"#
                    + #"{"_id":"2","departmentId":"d","agentId":"u"}{"_id":"3","departmentId":"d","agentId":"gone"}"#
                    + #"{"_id":"4","departmentId":"gone","agentId":"u"}"#,
            ],
            id: "d",
            expected: #"{"id": "d", "enabled": true, "agents": ["u"]}"#,
            findings: [
                "- there twice: 1", "- an agent who is not imported: 1", "- of a department that is not imported: 1",
            ]
        ),
        MappingRow(
            name: "archived",
            collections: ["rocketchat_livechat_department": #"{"_id":"d","enabled":true,"archived":true}"#],
            id: "d",
            expected: #"{"id": "d", "enabled": false}"#,
            findings: ["+ archived: disabled: 1"]
        ),
        MappingRow(
            name: "a unit",
            collections: ["rocketchat_livechat_department": #"{"_id":"d","enabled":true,"type":"u"}"#],
            id: "d",
            expected: nil,
            findings: ["- a unit, and no department: 1"]
        ),
    ]

    private static func room(
        _ name: String,
        _ fields: String,
        _ expected: String?,
        _ findings: [String] = [],
        _ more: [String: String] = [:],
        options: RocketChatExport.Options = .init()
    ) -> MappingRow {
        let collections = more.merging([
            "users": #"{"_id":"u"}{"_id":"v"}"#,
            "rocketchat_livechat_department": #"{"_id":"d","enabled":true}{"_id":"unit","type":"u"}"#,
            "rocketchat_room": #"{"_id":"room",\#(fields)}"#,
        ]) { given, _ in given }
        let unit = "- a unit, and no department: 1"
        return MappingRow(
            name: name,
            collections: collections,
            id: "room",
            expected: expected.map { #"{"id": "room", \#($0)}"# },
            findings: [unit] + findings,
            options: options
        )
    }

    private static let bare = #""servedBy": null, "departmentId": null, "visitorToken": null"#

    static let rooms = [
        room(
            "open and served",
            #""t":"l","open":true,"onHold":true,"servedBy":{"_id":"u"},"departmentId":"d","v":{"token":"t"}"#,
            #""kind": "l", "open": true, "servedBy": "u", "departmentId": "d", "visitorToken": "t""#
        ),
        room("closed by absence", #""t":"l""#, #""kind": "l", "open": false, \#(bare)"#),
        room("open, but as a number", #""t":"l","open":1"#, #""kind": "l", "open": false, \#(bare)"#),
        room(
            "open and closed",
            #""t":"l","open":true,"closedAt":{"$date":0}"#,
            #""kind": "l", "open": false, \#(bare)"#,
            ["+ open and closed at once: closed: 1"]
        ),
        room(
            "references to nothing",
            #""t":"l","open":true,"servedBy":{"_id":"gone"},"departmentId":"gone""#,
            #""kind": "l", "open": true, \#(bare)"#,
            [
                "- served by a user who is not imported: served by nobody: 1",
                "- its department is not imported: no department: 1",
            ]
        ),
        room(
            "of a unit",
            #""t":"l","open":true,"servedBy":null,"departmentId":"unit","departmentAncestors":["unit"]"#,
            #""kind": "l", "open": true, \#(bare)"#,
            ["- its department is a unit: no department: 1"]
        ),
        room(
            "attributes",
            #""t":"l","open":true,"abacAttributes":[{"key":"k"}],"v":{"activity":["2026-11"]}"#,
            #""kind": "l", "open": true, \#(bare)"#,
            [
                "+ attributes (ABAC) are not decided here: more users may enter than before: 1",
                "+ the limit of contacts is not decided here: 1",
            ]
        ),
        room("a call", #""t":"v","open":true"#, nil, ["- a call, and no livechat room: 1"]),
        room("a channel", #""t":"c""#, nil, ["- no livechat room (--all-rooms takes it): 1"]),
        room(
            "a channel, taken",
            #""t":"c""#,
            #""kind": "c", "open": false, \#(bare)"#,
            options: options { $0.allRooms = true }
        ),
        room(
            "closed, left out",
            #""t":"l""#,
            nil,
            ["- closed, and --only-open is given: 1"],
            options: options { $0.onlyOpen = true }
        ),
    ]

    private static func inquiry(
        _ name: String,
        _ documents: String,
        _ expected: String,
        _ findings: [String] = [],
        open: String = "true"
    ) -> MappingRow {
        room(
            name,
            #""t":"l","open":\#(open)"#,
            #""kind": "l", "open": \#(open), \#(bare)\#(expected)"#,
            findings,
            ["rocketchat_livechat_inquiry": documents]
        )
    }

    static let inquiries = [
        inquiry(
            "queued",
            #"{"_id":"i","rid":"room","status":"queued","department":"d","defaultAgent":{"agentId":"u"}}"#,
            #", "inquiry": {"status": "queued", "departmentId": "d", "defaultAgent": "u"}"#
        ),
        inquiry(
            "of a department that is gone: it would be the public queue",
            #"{"_id":"i","rid":"room","status":"queued","department":"gone"}"#,
            "",
            ["- its department is not imported: 1"]
        ),
        inquiry(
            "of a unit: it would be the public queue",
            #"{"_id":"i","rid":"room","status":"queued","department":"unit"}"#,
            "",
            ["- its department is not imported: 1"]
        ),
        inquiry(
            "an agent who is gone",
            #"{"_id":"i","rid":"room","status":"ready","defaultAgent":{"agentId":"gone"}}"#,
            #", "inquiry": {"status": "ready", "departmentId": null, "defaultAgent": null}"#,
            ["- its default agent is not imported: none: 1"]
        ),
        inquiry(
            "queued wins",
            #"{"_id":"1","rid":"room","status":"queued","_updatedAt":{"$date":1}}"#
                + #"{"_id":"2","rid":"room","status":"taken","_updatedAt":{"$date":2}}"#,
            #", "inquiry": {"status": "queued", "departmentId": null, "defaultAgent": null}"#,
            ["- of a room that has another: 1"]
        ),
        inquiry(
            "then the newest",
            #"{"_id":"1","rid":"room","status":"queued","_updatedAt":{"$date":1}}"#
                + #"{"_id":"2","rid":"room","status":"queued","department":"d","_updatedAt":{"$date":2}}"#,
            #", "inquiry": {"status": "queued", "departmentId": "d", "defaultAgent": null}"#,
            ["- of a room that has another: 1"]
        ),
        inquiry(
            "of a closed room",
            #"{"_id":"i","rid":"room","status":"queued"}{"_id":"j","rid":"gone","status":"queued"}"#,
            "",
            ["- of a room that is closed: 1", "- of a room that is missing: 1"],
            open: "false"
        ),
    ]

    private static func member(
        _ name: String,
        _ documents: String,
        _ expected: String,
        _ findings: [String] = []
    ) -> MappingRow {
        room(
            name,
            #""t":"l","open":true,"ts":{"$date":3000}"#,
            #""kind": "l", "open": true, \#(bare), "members": [\#(expected)]"#,
            findings,
            ["rocketchat_subscription": documents]
        )
    }

    private static func joined(
        _ user: String,
        _ second: Int,
        _ rest: String = #""alert": false, "unread": 0"#
    ) -> String {
        #"{"userId": "\#(user)", "joinedAt": "1970-01-01T00:00:0\#(second).000Z", "roles": [], "open": true, \#(rest)}"#
    }

    static let members = [
        member(
            "with a time, a float and an alert",
            #"{"_id":"s","rid":"room","u":{"_id":"u"},"ts":{"$date":1000},"unread":2.0,"alert":true,"roles":null}"#,
            joined("u", 1, #""alert": true, "unread": 2"#)
        ),
        member(
            "without a time",
            #"{"_id":"s","rid":"room","u":{"_id":"u"},"_updatedAt":{"$date":2000}}"#
                + #"{"_id":"t","rid":"room","u":{"_id":"v"},"unread":-1}"#,
            joined("u", 2) + ", " + joined("v", 3)
        ),
        member(
            "two for one pair: the older one",
            #"{"_id":"s","rid":"room","u":{"_id":"u"},"ts":{"$date":4000}}"#
                + #"{"_id":"t","rid":"room","u":{"_id":"u"},"ts":{"$date":1000}}"#,
            joined("u", 1),
            ["- of a user and a room that have another, which is older: 1"]
        ),
        member(
            "what is no membership",
            #"{"_id":"s","rid":"room","u":{"_id":"u"},"status":"INVITED"}"#
                + #"{"_id":"t","rid":"gone","u":{"_id":"u"}}{"_id":"w","rid":"room","u":{"_id":"gone"}}"#
                + #"{"_id":"x","rid":"room"}{"_id":"y","u":{"_id":"u"}}"#,
            "",
            [
                "- an invitation, and no membership: 1", "- of a room that is missing: 1",
                "- of a user who is not imported: 1", "- without a user: 1", "- without a room: 1",
            ]
        ),
    ]

    @Test(
        "Settings",
        arguments: [
            (#"{"_id":"Livechat_Routing_Method","value":"Manual_Selection"}"#, #"{"previewRoom": true}"#),
            (#"{"_id":"Livechat_Routing_Method","value":"Auto_Selection"}"#, #"{"previewRoom": false}"#),
            ("", #"{"previewRoom": false}"#),
            (
                #"{"_id":"Accounts_LoginExpiration","value":"30"}"#,
                #"{"previewRoom": false, "loginExpirationDays": 30}"#
            ),
            (#"{"_id":"Accounts_LoginExpiration","value":-1}"#, #"{"previewRoom": false, "loginExpirationDays": 90}"#),
        ]
    )
    func settings(_ document: String, _ expected: String) throws {
        let imported = try Imported(["rocketchat_settings": document])
        #expect(imported.fixture.contains("\"settings\": \(expected),"), "\(imported.fixture)")
    }

    @Test("A server in the middle of a migration is refused")
    func migration() throws {
        #expect(throws: ImportError.self) {
            try Imported(["migrations": #"{"_id":"control","version":3,"locked":true}"#])
        }
        #expect(
            try Imported(["migrations": #"{"_id":"control","version":3,"locked":false}"#]).findings
                == ["+ the server's schema has the version 3: 1"]
        )
        // No whole number: it is not said, and ends nothing.
        for version in ["1e300", #"{"$numberDouble":"NaN"}"#] {
            #expect(
                try Imported(["migrations": #"{"_id":"control","version":\#(version)}"#]).findings.isEmpty
            )
        }
    }

    @Test("Strict: a reference to nothing is an error with its place")
    func strict() throws {
        var options = RocketChatExport.Options()
        options.isStrict = true
        let error = #expect(throws: ImportError.self) {
            try Imported(
                ["rocketchat_room": #"{"_id":"a","t":"l"}"# + "\n" + #"{"_id":"b","t":"l","servedBy":{"_id":"x"}}"#],
                options
            )
        }
        #expect(
            error?.description
                == #"rocketchat_room.json, byte 20, document "b": served by a user who is not imported: served by nobody"#
        )
    }
}
#endif
