#if PostgreSQL
import Foundation
import LivechatFixture
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import LivechatPostgreSQL
import Testing

@testable import Specification

extension OnPostgreSQL {
    /// The same state in SQLite and in PostgreSQL is the same in every list, explanation and dump.
    @Suite("The same state on SQLite and PostgreSQL") struct SameStateTests {
        private static let clock = LivechatClock { LivechatTimestamp(milliseconds: World.now) }
        private static var world: World {
            var configuration = Configuration(viewsAll: ["B"], restrictionOfA: ["view-l-room"], previewRoom: true)
            configuration.loginExpirationDays = 30
            return SmallWorld.world(configuration, rooms: .all)
        }

        private static func withBoth(
            _ body: (_ sqlite: JoinDatabase, _ postgreSQL: PostgreSQLJoinDatabase) async throws -> Void
        ) async throws {
            try await withDatabase(clock: clock) { stores, _ in
                let path = FileManager.default.temporaryDirectory.path + "/same-\(UUID().uuidString).db"
                defer { try? FileManager.default.removeItem(atPath: path) }
                _ = try JoinDatabase.migrate(path: path, withDefaultGrants: false)
                let sqlite = try JoinDatabase(path: path, clock: clock)
                try await sqlite.load(fixture: InMemoryJoinStore.defaultGrants)
                try await stores[0].load(fixture: InMemoryJoinStore.defaultGrants)
                let result: Swift.Result<Void, any Error>
                do { result = .success(try await body(sqlite, stores[0])) } catch { result = .failure(error) }
                await sqlite.close()
                try result.get()
            }
        }

        @Test("A dump of one loads into the other and gives the same bytes")
        func dump() async throws {
            try await Self.withBoth { sqlite, postgreSQL in
                try await sqlite.load(fixture: Self.world.fixture)
                let document = try await sqlite.dump()
                let summary = try await postgreSQL.load(fixture: document)
                #expect(summary.changes.first?.added != nil || !summary.changes.isEmpty)
                #expect(
                    String(decoding: try await postgreSQL.dump(), as: UTF8.self)
                        == String(decoding: document, as: UTF8.self)
                )
                let again = try await postgreSQL.load(fixture: document)
                #expect("\(again)" == "nothing differs")
            }
        }

        @Test("Every load of a series is summed up alike, and leaves the same", arguments: [false, true])
        func summaries(_ merges: Bool) async throws {
            try await Self.withBoth { sqlite, postgreSQL in
                for document in Self.documents {
                    let bytes = Array(document.utf8)
                    let dry = try await postgreSQL.load(fixture: bytes, merge: merges, dryRun: true)
                    let expected = try await sqlite.load(fixture: bytes, merge: merges)
                    let actual = try await postgreSQL.load(fixture: bytes, merge: merges)
                    #expect("\(actual)" == "\(expected)", "\(document)")
                    #expect("\(dry)" == "\(expected)")
                    let (one, other) = (try await sqlite.dump(), try await postgreSQL.dump())
                    #expect(String(decoding: other, as: UTF8.self) == String(decoding: one, as: UTF8.self))
                }
                let events = try await (sqlite.events(after: 0), postgreSQL.events(after: 0))
                #expect(events.1.map(\.details) == events.0.map(\.details))
            }
        }

        private static let documents = [
            #"""
            {"rooms": [{"id": "r1", "servedBy": "u2", "departmentId": "d1", "visitorToken": "v",
                "inquiry": {"status": "queued", "departmentId": "d2", "defaultAgent": "u1"},
                "members": [{"userId": "u1", "roles": ["owner"]}, {"userId": "u2", "unread": 3, "alert": true}]}],
             "departments": [{"id": "d1", "agents": ["u1", "u2"]}, {"id": "d2", "enabled": false}],
             "users": [{"id": "u1", "username": "ann", "roles": ["agent"], "tokens": [{"token": "a"},
                {"token": "b", "kind": "personalAccess", "expiresAt": "0000-01-01T00:00:00Z"}]}, {"id": "u2"}],
             "permissions": [{"id": "view-l-room", "roles": ["agent"]}, {"id": "sing"}],
             "roles": [{"id": "agent"}, {"id": "owner", "scope": "Subscriptions", "restrictedTo": ["sing"]}],
             "settings": {"previewRoom": true, "loginExpirationDays": 1.5}}
            """#,
            #"""
            {"users": [{"id": "u1", "username": null, "active": false, "roles": ["owner"], "tokens": [{"token": "b"}]}],
             "departments": [{"id": "d1", "agents": ["u2"]}],
             "permissions": [{"id": "view-l-room", "roles": ["owner"]}],
             "roles": [{"id": "owner", "restrictedTo": null, "description": "O"}],
             "settings": {"loginExpirationDays": null}}
            """#,
            #"""
            {"rooms": [{"id": "r1", "servedBy": null, "open": false, "inquiry": {"status": "taken"},
                "members": [{"userId": "u2", "roles": ["agent", "owner"]}]}]}
            """#,
            #"{"rooms": [{"id": "r1", "inquiry": null, "members": []}], "users": [{"id": "u2", "tokens": []}]}"#,
        ]

        @Test("A document that refers to nothing, or holds a NUL, loads nothing")
        func refused() async throws {
            try await Self.withBoth { _, postgreSQL in
                let before = try await postgreSQL.dump()
                for document in [
                    #"{"users": [{"id": "u"}], "rooms": [{"id": "r", "servedBy": "x"}]}"#,
                    #"{"users": [{"id": "u", "username": "a\u0000b"}]}"#,
                ] {
                    await #expect(throws: (any Error).self) {
                        try await postgreSQL.load(fixture: Array(document.utf8))
                    }
                }
                #expect(try await postgreSQL.dump() == before)
            }
        }

        @Test("Who, where, holders and explanations are the same, at every page size")
        func lists() async throws {
            try await Self.withBoth { sqlite, postgreSQL in
                let world = Self.world
                try await sqlite.load(fixture: world.fixture)
                try await postgreSQL.load(fixture: world.fixture)
                let one = JoinService(store: sqlite, clock: Self.clock)
                let other = JoinService(store: postgreSQL, clock: Self.clock)
                for room in world.rooms where room.kind == "l" {
                    let id = LivechatRoomID(stringLiteral: room.id)
                    let expected = try await one.who(room: id)
                    #expect(try await other.who(room: id) == expected, "\(room)")
                    let paged = LivechatList(pageSize: 3) { page in try await other.who(room: id, page) }
                    var entries: [LivechatAdmitted<LivechatUserID>] = []
                    for try await entry in paged { entries.append(entry) }
                    #expect(entries == expected)
                }
                for user in world.users {
                    let id = LivechatUserID(stringLiteral: user.id)
                    #expect(try await other.where(user: id) == (try await one.where(user: id)), "\(user)")
                    let room = LivechatRoomID(stringLiteral: world.rooms[user.id.utf8.count % world.rooms.count].id)
                    let explained = try await other.explain(user: id, room: room)
                    #expect(explained.json == (try await one.explain(user: id, room: room)).json)
                }
                for permission: LivechatPermissionID in ["view-l-room", "view-livechat-rooms", "none"] {
                    let expected = try await one.holders(of: permission)
                    #expect(try await other.holders(of: permission) == expected)
                }
            }
        }
    }
}
#endif
