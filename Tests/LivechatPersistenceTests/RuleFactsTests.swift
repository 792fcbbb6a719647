import LivechatJoin
import LivechatPersistence
import Synchronization
import Testing

@Suite("What an embedder's rules are told of a room", .serialized)
struct RuleFactsTests {
    private static let fixture = """
        {
          "users": [
            {"id": "ann", "roles": ["livechat-manager"], "tokens": [{"token": "raw-ann"}]},
            {"id": "ben", "roles": ["livechat-manager"], "tokens": [{"token": "raw-ben"}]}
          ],
          "departments": [{"id": "sales", "agents": ["ann"]}],
          "rooms": [
            {"id": "anns", "servedBy": "ann", "members": [{"userId": "ann"}, {"userId": "ben"}]},
            {"id": "whole", "servedBy": "ben", "departmentId": "sales", "visitorToken": "v", "members": [{"userId": "ben"}]},
            {"id": "bare"}
          ]
        }
        """

    private static let rows = [
        ("anns", "servedBy ann, departmentID -, visitorToken -, membersCount 2"),
        ("whole", "servedBy ben, departmentID sales, visitorToken v, membersCount 1"),
        ("bare", "servedBy -, departmentID -, visitorToken -, membersCount 0"),
    ]

    @Test("All of it, whoever asks, and whoever asked before", arguments: ["ann", "ben"], ["ann", "ben"])
    func facts(first: String, second: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: Self.fixture)
        let told = Mutex("")
        let rule = JoinRule(code: "no") { question in
            let room = question.room
            told.withLock {
                $0 =
                    "servedBy \(room.servedBy?.string ?? "-"), departmentID \(room.departmentID?.string ?? "-"), "
                    + "visitorToken \(room.visitorToken?.value ?? "-"), membersCount \(room.membersCount)"
            }
            return false
        }
        let service = JoinService(store: database, rules: [rule])
        for (room, expected) in Self.rows {
            for user in [first, second] {
                let request = JoinRequest(userID: user, token: "raw-\(user)", roomID: room)
                #expect(try await service.join(request) == .refused(.rule(code: "no")))
                #expect(told.withLock { $0 } == expected)
            }
        }
        await database.close()
    }

    @Test("Where they agree, what they were told of does not decide access", arguments: rows.map(\.0), ["ann", "ben"])
    func access(room: String, user: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.open(fixture: Self.fixture)
        let request = JoinRequest(userID: user, token: "raw-\(user)", roomID: room)
        let service = JoinService(store: database, rules: [JoinRule(code: "no") { _ in true }])
        // Both are managers, who may enter every room.
        let isMember = room == "anns" || room == "whole" && user == "ben"
        #expect(try await service.join(request) == (isMember ? .alreadyMember : .joined(.permission)))
        await database.close()
    }
}
