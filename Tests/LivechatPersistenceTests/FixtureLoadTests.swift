import Foundation
import LivechatJoin
import LivechatSQLite
import Testing

@testable import LivechatPersistence

/// Every kind of entity, with references forwards and backwards.
let everything = """
    {
      "rooms": [ { "id": "r1", "servedBy": "u1", "departmentId": "d1", "visitorToken": "v1",
                   "inquiry": { "status": "queued", "departmentId": "d1", "defaultAgent": "u2" },
                   "members": [ { "userId": "u2", "joinedAt": "2026-01-02T00:00:00Z", "roles": ["owner"],
                                  "alert": true, "unread": 9223372036854775807 } ] },
                 { "id": "r2", "kind": "c", "open": false } ],
      "departments": [ { "id": "d1", "enabled": false, "agents": ["u1", "u2"] } ],
      "users": [ { "id": "u1", "username": "ann", "roles": ["livechat-agent", "night"],
                   "tokens": [ { "token": "raw", "createdAt": "2026-01-01T00:00:00Z",
                                 "expiresAt": "2026-04-01T00:00:00.123Z" },
                               { "hashedToken": "7dVYW4m9fnYhVo9ICyMmZ+lXyjmPaLRl4kD9RXGvqV8=", "kind": "personalAccess",
                                 "createdAt": "2026-01-01T00:00:00Z" } ] },
                 { "id": "u2", "active": false } ],
      "permissions": [ { "id": "view-l-room", "roles": ["admin", "night"] }, { "id": "sing", "roles": ["band"] } ],
      "roles": [ { "id": "night", "scope": "Subscriptions", "description": "d", "restrictedTo": ["sing"] }, { "id": "band" } ],
      "settings": { "previewRoom": true, "loginExpirationDays": 0.5 }
    }
    """

@Suite("Load and dump", .serialized)
struct FixtureLoadTests {
    @Test("Load of a dump and dump again give the same bytes")
    func roundTrip() async throws {
        let first = try TemporaryDatabase()
        let second = try TemporaryDatabase()
        let one = try await first.open(fixture: everything)
        let other = try second.open()
        let dump = try await one.dump()
        try await other.load(fixture: dump)
        #expect(String(decoding: try await other.dump(), as: UTF8.self) == String(decoding: dump, as: UTF8.self))
        try await one.load(fixture: dump)
        #expect(try await one.dump() == dump)
        await one.close()
        await other.close()
    }

    @Test(
        "A fixture with a mistake loads nothing and names the place",
        arguments: [
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a"},{"id":"b","servedBy":"u9"}]}"#,
                #"rooms[1].servedBy: no user "u9""#
            ),
            (#"{"users":[{"id":"n"},{"id":"n"}]}"#, #"users[1].id: duplicate id "n""#),
            (
                #"{"users":[{"id":"n"}],"departments":[{"id":"d","agents":["n","x"]}]}"#,
                #"departments[0].agents[1]: no user "x""#
            ),
            (
                #"{"users":[{"id":"n"}],"permissions":[{"id":"view-l-room","roles":["livechat-agnet"]}]}"#,
                #"permissions[0].roles[0]: no role "livechat-agnet""#
            ),
            (#"{"users":[{"id":"n","roles":["nobody"]}]}"#, #"users[0].roles[0]: no role "nobody""#),
            (
                #"{"users":[{"id":"n"}],"roles":[{"id":"x","restrictedTo":["p"]}]}"#,
                #"roles[0].restrictedTo[0]: no permission "p""#
            ),
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a","departmentId":"d9"}]}"#,
                #"rooms[0].departmentId: no department "d9""#
            ),
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a","inquiry":{"departmentId":"d9"}}]}"#,
                #"rooms[0].inquiry.departmentId: no department "d9""#
            ),
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a","inquiry":{"defaultAgent":"z"}}]}"#,
                #"rooms[0].inquiry.defaultAgent: no user "z""#
            ),
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a","members":[{"userId":"z"}]}]}"#,
                #"rooms[0].members[0].userId: no user "z""#
            ),
            (
                #"{"users":[{"id":"n"}],"rooms":[{"id":"a","members":[{"userId":"n","roles":["q"]}]}]}"#,
                #"rooms[0].members[0].roles[0]: no role "q""#
            ),
        ]
    )
    func mistakes(_ fixture: String, _ message: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open()
        let before = try await database.dump()
        let error = await #expect(throws: FixtureError.self) { try await database.load(fixture: Array(fixture.utf8)) }
        #expect(error?.description == message)
        #expect(try await database.dump() == before)
        await database.close()
    }

    @Test("A key that is left out keeps its value, null sets none, a list replaces")
    func upsert() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: everything)
        let change = """
            {"users":[{"id":"u1","username":null,"roles":["admin"]}],
             "rooms":[{"id":"r1","servedBy":null,"inquiry":{"status":"taken"},
                       "members":[{"userId":"u1"},{"userId":"u2"}]}]}
            """
        try await database.load(fixture: Array(change.utf8))
        let dump = String(decoding: try await database.dump(), as: UTF8.self)
        #expect(dump.contains(#""id": "u1", "username": null, "active": true, "roles": ["admin"], "tokens": [{"#))
        #expect(dump.contains(#""servedBy": null, "departmentId": "d1", "visitorToken": "v1""#))
        #expect(dump.contains(#""inquiry": {"status": "taken", "departmentId": "d1", "defaultAgent": "u2"}"#))
        #expect(dump.contains(#"{"userId": "u2", "joinedAt": "2026-01-02T00:00:00.000Z", "roles": ["owner"], "#))
        #expect(dump.contains(#""open": true, "alert": true, "unread": 9223372036854775807}"#))
        await database.close()
    }

    @Test("The sections of a document may be in any order", arguments: 0..<12)
    func anyOrder(_ number: Int) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: everything)
        let dump = String(decoding: try await database.dump(), as: UTF8.self)
        await database.close()
        let names = ["settings", "roles", "permissions", "users", "departments", "rooms"]
        let starts = try names.map { try #require(dump.range(of: "\n  \"\($0)\": ")).lowerBound }
        let ends = starts.dropFirst() + [try #require(dump.range(of: "\n}\n")).lowerBound]
        let sections = zip(starts, ends).map { start, end in dump[start..<end].trimmingCharacters(in: [",", "\n"]) }
        let turned = sections[(number % 6)...] + sections[..<(number % 6)]
        let document = "{" + (number < 6 ? Array(turned) : turned.reversed()).joined(separator: ",") + "}"
        let other = try TemporaryDatabase()
        let loaded = try await other.open(fixture: document)
        #expect(String(decoding: try await loaded.dump(), as: UTF8.self) == dump)
        await loaded.close()
    }

    @Test(
        "An id that stands twice is refused, whether it was there before or not, whatever keys there are",
        arguments: ["", "INSERT INTO livechat_user (key, id) VALUES (-7, 'last')", "DELETE FROM livechat_user"],
        ["old", "new"]
    )
    func duplicates(_ script: String, _ name: String) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.open(fixture: #"{"users":[{"id":"old"}]}"#).close()
        try temporary.execute(script)
        let database = try temporary.open()
        let document = #"{"users":[{"id":"other"},{"id":"\#(name)"},{"id":"third"},{"id":"\#(name)"}]}"#
        let error = await #expect(throws: FixtureError.self) { try await database.load(fixture: Array(document.utf8)) }
        #expect(error?.description == #"users[3].id: duplicate id "\#(name)""#)
        await database.close()
    }

    @Test("What a load removes goes with all that hangs on it, and nothing refers to nothing")
    func foreignKeys() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: everything)
        let change = #"{"rooms":[{"id":"r1","inquiry":null,"members":[{"userId":"u1","roles":["owner","leader"]}]}]}"#
        try await database.load(fixture: Array(change.utf8))
        #expect(try temporary.rows("SELECT user FROM livechat_membership_role").count == 2)
        #expect(try temporary.rows("SELECT room FROM livechat_inquiry").isEmpty)
        #expect(try temporary.rows("SELECT rowid FROM pragma_foreign_key_check").isEmpty)
        await #expect(throws: LivechatStoreError.self) {
            try await database.writer.write { session in
                try session.connection.execute("INSERT INTO livechat_user_role (user, role) VALUES (-1, -1)")
            }
        }
        await database.close()
    }

    /// What stands in every row of ours, and how often each row was written since `watch`.
    private static let watch = ["user", "role", "permission", "department", "room", "inquiry", "membership"].map {
        """
        CREATE TABLE IF NOT EXISTS written (what TEXT);
        CREATE TRIGGER watch_\($0) AFTER UPDATE ON livechat_\($0) BEGIN INSERT INTO written VALUES ('\($0) updated'); END;
        CREATE TRIGGER watch_\($0)_deleted AFTER DELETE ON livechat_\($0) BEGIN
            INSERT INTO written VALUES ('\($0) deleted');
        END;
        """
    }.joined()

    @Test("A row that stays as it is is not written, and the host's triggers run for one that changes (C17)")
    func unchanged() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: everything)
        let document = try await database.dump()
        try temporary.execute(Self.watch)
        let state = """
            SELECT group_concat(user || hex(digest)) || (SELECT group_concat(key || login_stamp) FROM livechat_user)
                || (SELECT grants_stamp FROM livechat_setting) FROM livechat_login_token
            """
        let observer = try temporary.connect(.readOnly)
        let before = try observer.text(state)
        #expect(try await database.load(fixture: document).changes == [])
        #expect(try temporary.rows("SELECT what FROM written") == [])
        #expect(try observer.text(state) == before)
        try await database.load(fixture: Array(#"{"users":[{"id":"u1","username":"another"}]}"#.utf8))
        // The second time it is our own trigger, which renews the stamp.
        let twice = [["user updated"], ["user updated"]]
        #expect(try temporary.rows("SELECT what FROM written") == twice)
        try await database.load(fixture: Array(#"{"rooms":[{"id":"r1","members":[]}]}"#.utf8))
        #expect(try temporary.rows("SELECT what FROM written") == twice + [["membership deleted"]])
        await database.close()
    }
}
