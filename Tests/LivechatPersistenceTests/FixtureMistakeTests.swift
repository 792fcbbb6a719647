import LivechatJoin
import Testing

@testable import LivechatPersistence

/// Every mistake that contract C12 speaks of, with the message that people read.
@Suite("Mistakes in a fixture")
struct FixtureMistakeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        var testDescription: String { String(message.prefix(100)) }

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }
    }

    @Test("has the message", arguments: unknownKeys + missing + ids + choices + tokens + times + duplicates)
    func message(_ row: Row) {
        #expect(mistake(in: row.text) == row.message)
    }

    static let unknownKeys = [
        Row(
            #"{"room":[]}"#,
            #"fixture: unknown key "room", known here: settings, roles, permissions, users, departments, rooms"#
        ),
        Row(#"{"settings":{"x":1}}"#, #"settings: unknown key "x", known here: previewRoom, loginExpirationDays"#),
        Row(#"{"roles":[{"x":1}]}"#, #"roles[0]: unknown key "x", known here: id, scope, description, restrictedTo"#),
        Row(#"{"permissions":[{"id":"p"},{"x":1}]}"#, #"permissions[1]: unknown key "x", known here: id, roles"#),
        Row(#"{"users":[{"x":1}]}"#, #"users[0]: unknown key "x", known here: id, username, active, roles, tokens"#),
        Row(
            #"{"users":[{"id":"u","tokens":[{"x":1}]}]}"#,
            #"users[0].tokens[0]: unknown key "x", known here: token, hashedToken, createdAt, expiresAt, kind"#
        ),
        Row(#"{"departments":[{"x":1}]}"#, #"departments[0]: unknown key "x", known here: id, enabled, agents"#),
        Row(
            #"{"rooms":[{"x":1}]}"#,
            #"rooms[0]: unknown key "x", known here: id, kind, open, servedBy, departmentId, visitorToken, inquiry, members"#
        ),
        Row(
            #"{"rooms":[{"inquiry":{"x":1}}]}"#,
            #"rooms[0].inquiry: unknown key "x", known here: status, departmentId, defaultAgent"#
        ),
        Row(
            #"{"rooms":[{"members":[{"x":1}]}]}"#,
            #"rooms[0].members[0]: unknown key "x", known here: userId, joinedAt, roles, open, alert, unread"#
        ),
        // Letters count as they are, and an unknown key is quoted so that it cannot break the line.
        Row(
            #"{"Rooms":[]}"#,
            #"fixture: unknown key "Rooms", known here: settings, roles, permissions, users, departments, rooms"#
        ),
        Row(
            #"{"settings":{"a\n\"b":1}}"#,
            #"settings: unknown key "a\n\"b", known here: previewRoom, loginExpirationDays"#
        ),
    ]

    static let missing = [
        Row(#"{"roles":[{}]}"#, #"roles[0]: "id" is missing"#),
        Row(#"{"permissions":[{"roles":[]}]}"#, #"permissions[0]: "id" is missing"#),
        Row(#"{"users":[{"id":"u"},{"active":true}]}"#, #"users[1]: "id" is missing"#),
        Row(#"{"departments":[{}]}"#, #"departments[0]: "id" is missing"#),
        Row(#"{"rooms":[{"id":"r"},{"id":"s"},{}]}"#, #"rooms[2]: "id" is missing"#),
        Row(#"{"rooms":[{"id":"r","members":[{"roles":[]}]}]}"#, #"rooms[0].members[0]: "userId" is missing"#),
        Row(#"{"users":[{"id":"u","tokens":[{}]}]}"#, #"users[0].tokens[0]: "token" or "hashedToken" is missing"#),
    ]

    static let ids: [Row] =
        idPlaces.flatMap { document, place in
            [
                Row(document(#""""#), "\(place): is empty, an id has 1 to 256 bytes"),
                Row(
                    document("\"\(String(repeating: "x", count: 257))\""),
                    "\(place): has 257 bytes, an id has 1 to 256"
                ),
                // 128 characters, 257 bytes.
                Row(
                    document("\"x\(String(repeating: "é", count: 128))\""),
                    "\(place): has 257 bytes, an id has 1 to 256"
                ),
                Row(document(#""a\u0000b""#), "\(place): has a NUL byte, an id has none"),
                Row(document(#""\u0000""#), "\(place): has a NUL byte, an id has none"),
            ]
        } + [
            Row(#"{"rooms":[{"members":[{"unread":-1}]}]}"#, "rooms[0].members[0].unread: is negative"),
            Row(
                #"{"rooms":[{"members":[{"unread":1.5}]}]}"#,
                #"rooms[0].members[0].unread: "1.5" is not a whole number of 64 bits"#
            ),
            Row(
                #"{"rooms":[{"members":[{"unread":9223372036854775808}]}]}"#,
                #"rooms[0].members[0].unread: "9223372036854775808" is not a whole number of 64 bits"#
            ),
            Row(#"{"rooms":[{"kind":"l\u0000"}]}"#, "rooms[0].kind: has a NUL byte, a kind has none"),
            Row(#"{"rooms":[{"kind":""}]}"#, "rooms[0].kind: has 0 bytes, a kind has 1 to 256"),
            Row(
                #"{"rooms":[{"kind":"\#(String(repeating: "x", count: 257))"}]}"#,
                "rooms[0].kind: has 257 bytes, a kind has 1 to 256"
            ),
        ]

    static let idPlaces: [(document: @Sendable (String) -> String, place: String)] = [
        ({ #"{"roles":[{"id":\#($0)}]}"# }, "roles[0].id"),
        ({ #"{"roles":[{"restrictedTo":["a",\#($0)]}]}"# }, "roles[0].restrictedTo[1]"),
        ({ #"{"permissions":[{"id":\#($0)}]}"# }, "permissions[0].id"),
        ({ #"{"permissions":[{"roles":[\#($0)]}]}"# }, "permissions[0].roles[0]"),
        ({ #"{"users":[{"id":\#($0)}]}"# }, "users[0].id"),
        ({ #"{"users":[{"roles":["a","b",\#($0)]}]}"# }, "users[0].roles[2]"),
        ({ #"{"departments":[{"id":\#($0)}]}"# }, "departments[0].id"),
        ({ #"{"departments":[{"agents":[\#($0)]}]}"# }, "departments[0].agents[0]"),
        ({ #"{"rooms":[{"id":\#($0)}]}"# }, "rooms[0].id"),
        ({ #"{"rooms":[{"servedBy":\#($0)}]}"# }, "rooms[0].servedBy"),
        ({ #"{"rooms":[{"departmentId":\#($0)}]}"# }, "rooms[0].departmentId"),
        ({ #"{"rooms":[{"inquiry":{"departmentId":\#($0)}}]}"# }, "rooms[0].inquiry.departmentId"),
        ({ #"{"rooms":[{"inquiry":{"defaultAgent":\#($0)}}]}"# }, "rooms[0].inquiry.defaultAgent"),
        ({ #"{"rooms":[{"members":[{"userId":\#($0)}]}]}"# }, "rooms[0].members[0].userId"),
        ({ #"{"rooms":[{"members":[{"roles":[\#($0)]}]}]}"# }, "rooms[0].members[0].roles[0]"),
    ]

    static let choices = [
        Row(#"{"roles":[{"scope":"users"}]}"#, #"roles[0].scope: expected "Users" or "Subscriptions", found "users""#),
        Row(#"{"roles":[{"scope":""}]}"#, #"roles[0].scope: expected "Users" or "Subscriptions", found """#),
        Row(
            #"{"users":[{"tokens":[{"kind":"Login"}]}]}"#,
            #"users[0].tokens[0].kind: expected "login" or "personalAccess", found "Login""#
        ),
        // A long value is cut, between two characters.
        Row(
            #"{"roles":[{"scope":"x\#(String(repeating: "é", count: 50))"}]}"#,
            "roles[0].scope: expected \"Users\" or \"Subscriptions\", "
                + "found \"x\(String(repeating: "é", count: 39))\"… (101 bytes)"
        ),
    ]

    static let tokens = [
        Row(
            #"{"users":[{"id":"u","tokens":[{"token":"s3cret"},{"token":""}]}]}"#,
            "users[0].tokens[1].token: is empty, and nobody can log in with that"
        ),
        Row(
            #"{"users":[{"tokens":[{"token":"s3cret","hashedToken":"\#(hashOfRaw)"}]}]}"#,
            #"users[0].tokens[0]: has both "token" and "hashedToken", give one of them"#
        ),
        Row(
            #"{"users":[{"tokens":[{"hashedToken":"s3cret"}]}]}"#,
            "users[0].tokens[0].hashedToken: is not the base64 of 32 bytes"
        ),
        Row(
            #"{"users":[{"tokens":[{"hashedToken":""}]}]}"#,
            "users[0].tokens[0].hashedToken: is not the base64 of 32 bytes"
        ),
        // 31 and 33 bytes.
        Row(
            #"{"users":[{"tokens":[{"hashedToken":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="}]}]}"#,
            "users[0].tokens[0].hashedToken: is not the base64 of 32 bytes"
        ),
        Row(
            #"{"users":[{"tokens":[{"hashedToken":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"}]}]}"#,
            "users[0].tokens[0].hashedToken: is not the base64 of 32 bytes"
        ),
    ]

    static let times: [Row] = timePlaces.flatMap { document, place in
        [
            "2026-01-01T00:00:00", "2026-01-01", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "", "yesterday",
            "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:60Z", "2026-06-15T12:30:60Z", "2026-06-30T23:59:60+01:00",
        ].map { time in
            Row(
                document(time),
                "\(place): \"\(time)\" is no time with a zone in the years 0000 to 9999, "
                    + "such as \"2026-01-02T03:04:05Z\""
            )
        }
    }

    static let timePlaces: [(document: @Sendable (String) -> String, place: String)] = [
        ({ #"{"users":[{"tokens":[{"createdAt":"\#($0)"}]}]}"# }, "users[0].tokens[0].createdAt"),
        ({ #"{"users":[{"tokens":[{"expiresAt":"\#($0)"}]}]}"# }, "users[0].tokens[0].expiresAt"),
        ({ #"{"rooms":[{"members":[{"joinedAt":"\#($0)"}]}]}"# }, "rooms[0].members[0].joinedAt"),
    ]

    static let duplicates = [
        Row(#"{"roles":[{"restrictedTo":["a","b","a"]}]}"#, #"roles[0].restrictedTo[2]: "a" is in the list already"#),
        Row(#"{"permissions":[{"roles":["a","a"]}]}"#, #"permissions[0].roles[1]: "a" is in the list already"#),
        Row(#"{"users":[{"roles":["a","\u0061"]}]}"#, #"users[0].roles[1]: "a" is in the list already"#),
        Row(#"{"departments":[{"agents":["a","a"]}]}"#, #"departments[0].agents[1]: "a" is in the list already"#),
        Row(
            #"{"rooms":[{"members":[{"userId":"a"},{"userId":"a"}]}]}"#,
            #"rooms[0].members[1].userId: "a" is in the list already"#
        ),
        Row(
            #"{"rooms":[{"members":[{"userId":"a","roles":["o","o"]}]}]}"#,
            #"rooms[0].members[0].roles[1]: "o" is in the list already"#
        ),
        Row(
            #"{"users":[{"tokens":[{"token":"raw"},{"hashedToken":"\#(hashOfRaw)"}]}]}"#,
            "users[0].tokens[1]: the token is in the list already"
        ),
        Row(#"{"rooms":[],"users":[],"rooms":[]}"#, #"fixture: the key "rooms" is there twice"#),
        Row(#"{"rooms":[{"id":"r","id":"r"}]}"#, #"rooms[0]: the key "id" is there twice"#),
        Row(#"{"rooms":[{"id":"r","\u0069d":"s"}]}"#, #"rooms[0]: the key "id" is there twice"#),
        Row(
            #"{"users":[{"tokens":[{"token":"a","token":"b"}]}]}"#,
            #"users[0].tokens[0]: the key "token" is there twice"#
        ),
    ]

    /// The clock shows 2026-01-01, so 2026-01-02 is the latest.
    @Test(
        "A time at which something has happened is at most a day ahead of the clock",
        arguments: [0, 2],
        [
            ("2026-01-01T00:00:00Z", false), ("2026-01-02T00:00:00Z", false), ("0000-01-01T00:00:00Z", false),
            ("2026-01-02T00:00:00.001Z", true), ("2026-01-01T23:59:00-00:02", true), ("9999-12-31T23:59:59Z", true),
        ]
    )
    func future(_ index: Int, _ row: (time: String, isFuture: Bool)) throws {
        let (document, place) = Self.timePlaces[index]
        var reader = FixtureReader(Array(document(row.time).utf8))
        reader.latest = LivechatTimestamp(rfc3339: "2026-01-02T00:00:00Z")
        let message = try #require(mistake(in: reader))
        #expect(message.hasPrefix("\(place): ") == row.isFuture)
        #expect(message.contains("more than a day ahead of the clock") == row.isFuture)
    }

    @Test("A token may expire whenever, also before it was made")
    func expiry() throws {
        let document = #"{"users":[{"id":"u","tokens":[{"token":"t","createdAt":"2026-01-01T00:00:00Z","#
        for time in ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            var reader = FixtureReader(Array((document + #""expiresAt":"\#(time)"}]}]}"#).utf8))
            reader.latest = LivechatTimestamp(rfc3339: "2026-01-02T00:00:00Z")
            #expect(mistake(in: reader) == nil)
        }
    }

    @Test("Spellings of one character that differ in their bytes are different ids")
    func noNormalisation() throws {
        let found = try elements(of: #"{"users":[{"id":"u","roles":["\u00e9","e\u0301"]}]}"#)
        #expect(found.count == 1)
    }

    @Test("A digest in a message gives nothing away", arguments: tokens + duplicates)
    func noSecret(_ row: Row) throws {
        let message = try #require(mistake(in: row.text))
        #expect(!message.contains("s3cret") && !message.contains(hashOfRaw))
    }
}
