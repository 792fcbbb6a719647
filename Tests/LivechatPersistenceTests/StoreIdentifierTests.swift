import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("Ids through the store (C1, C8)", .serialized)
struct StoreIdentifierTests {
    private static let ids = [
        #"it's "quoted""#, #"back\slash"#, "'; DROP TABLE livechat_room; --", "a\u{1}b", "\u{1}", "line\nend", "🙂",
        "\u{1f469}\u{200d}\u{1f467}",
        "caf\u{e9}", "cafe\u{301}", "%41", "a%", "_", "A", "a", " a ", "\u{feff}", "\u{fffd}",
        String(repeating: "é", count: 128), String(repeating: "x", count: 256),
    ]

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// Every id is a user, a room served by that user, a department and a role.
    private static func fixture() throws -> String {
        let entities = try ids.map { id in
            let id = try json(id)
            return (
                role: #"{"id":\#(id)}"#,
                user: #"{"id":\#(id),"username":\#(id),"roles":["livechat-agent",\#(id)],"#
                    + #""tokens":[{"token":\#(id),"kind":"personalAccess","createdAt":"2026-01-01T00:00:00Z"}]}"#,
                department: #"{"id":\#(id),"agents":[\#(id)]}"#,
                room: #"{"id":\#(id),"servedBy":\#(id),"departmentId":\#(id),"visitorToken":\#(id)}"#
            )
        }
        return #"{"roles":[\#(entities.map(\.role).joined(separator: ","))],"#
            + #""users":[\#(entities.map(\.user).joined(separator: ","))],"#
            + #""departments":[\#(entities.map(\.department).joined(separator: ","))],"#
            + #""rooms":[\#(entities.map(\.room).joined(separator: ","))]}"#
    }

    @Test("They are loaded and dumped byte for byte")
    func dumped() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: try Self.fixture())
        let dump = try await database.dump()
        struct State: Decodable {
            struct Entity: Decodable { let id: String }
            let users, rooms, departments, roles: [Entity]
        }
        let state = try JSONDecoder().decode(State.self, from: Data(dump))
        let expected = Set(Self.ids.map { Array($0.utf8) })
        #expect(expected.count == Self.ids.count)
        #expect(Set(state.users.map { Array($0.id.utf8) }) == expected)
        #expect(Set(state.rooms.map { Array($0.id.utf8) }) == expected)
        #expect(Set(state.departments.map { Array($0.id.utf8) }) == expected)
        #expect(Set(state.roles.map { Array($0.id.utf8) }).isSuperset(of: expected))
        let copy = try TemporaryDatabase()
        let second = try copy.open()
        try await second.load(fixture: dump)
        #expect(try await second.dump() == dump)
        await second.close()
        await database.close()
    }

    @Test("Each opens its own room and no other", arguments: ids)
    func own(_ id: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: try Self.fixture())
        let service = JoinService(store: DryRunStore(database))
        let canBeAsked = !id.utf8.contains(0)
        for room in Self.ids {
            // The fixture's own encoder, so that nothing but the bytes is asked for.
            let query = "roomId=" + room.utf8.map { String(format: "%%%02x", $0) }.joined()
            let request = JoinRequest(userIDs: [id], tokens: [id], query: query)
            let outcome = try await service.join(request)
            if !canBeAsked {
                #expect(outcome == .refused(.notLoggedIn(.malformed)))
            } else if id == "\u{fffd}" {
                // As a header it can only be what was not UTF-8.
                #expect(outcome == .refused(.notLoggedIn(.malformed)))
            } else if room.utf8.contains(0) {
                #expect(outcome == .refused(.noSuchRoom))
            } else if room.utf8.elementsEqual(id.utf8) {
                #expect(outcome == .joined(.serving))
            } else {
                #expect(outcome == .refused(.noAccess()))
            }
        }
        await database.close()
    }

    @Test(
        "A value that differs from an id in one byte matches nothing",
        arguments: [
            "a%00", "a%00b", "a%00b%00", "%00", "A%20", "+A", "A+", "cafe", "caf%c3", "caf%e9", "", "%F0%9F%99%83",
            String(repeating: "x", count: 255), String(repeating: "x", count: 257), "%c3", "%ff",
        ]
    )
    func nearly(_ room: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: try Self.fixture())
        let service = JoinService(store: database)
        let request = JoinRequest(userIDs: ["A"], tokens: ["A"], query: "roomId=\(room)")
        #expect(try await service.join(request) == .refused(.noSuchRoom))
        await database.close()
    }

    @Test(
        "A join writes the very bytes into the log",
        arguments: ids.filter { !$0.utf8.contains(0) && $0 != "\u{fffd}" }
    )
    func logged(_ text: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: try Self.fixture())
        let outcome = try await JoinService(store: database)
            .join(JoinRequest(userID: text, token: text, roomID: text))
        #expect(outcome == .joined(.serving))
        let events = try await database.events(after: 0, kinds: [.joined])
        #expect(events.map(\.roomID) == [id(text)])
        #expect(events.map(\.userID) == [id(text)])
        await database.close()
    }
}
