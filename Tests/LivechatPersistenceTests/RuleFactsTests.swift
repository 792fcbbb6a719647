import LivechatJoin
import LivechatJoinTesting
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

    @Test("All of it, for each user, and after each user", arguments: ["ann", "ben"], ["ann", "ben"])
    func facts(first: String, second: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.open { $0.readers = 1 }
        try await database.load(fixture: Array(Self.fixture.utf8))
        let told = Mutex("")
        let rule = joinRule("no") { question in
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
                #expect(try await service.join(request) == .refused(.rule(JoinRule.Refusal(code: "no"))))
                #expect(told.withLock { $0 } == expected)
            }
        }
        await database.close()
    }

    private static let roomsOfWorld = [
        "served", "unserved", "served-by-trainee", "mine", "in-sales", "in-support", "in-others", "public", "taken",
        "closed",
        "direct", "joined", "nowhere",
    ]

    @Test("Where they agree, the answer is what it is without them", arguments: ["agent", "second", "trainee", "away"])
    func agreeing(user: String) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        // One reader: both evaluations of a request ask the same snapshot.
        let database = try temporary.open { $0.readers = 1 }
        let (store, clock) = (DryRunStore(database), worldClock().wallClock)
        let without = JoinService(store: store, clock: clock)
        let with = JoinService(store: store, rules: [joinRule("no") { _ in true }], clock: clock)
        for room in Self.roomsOfWorld {
            let answer = try await with.join(request(user, room))
            #expect(try await without.join(request("second", "unserved")) != .alreadyMember)
            #expect(try await without.join(request(user, room)) == answer, "\(room)")
        }
        await database.close()
    }
}
