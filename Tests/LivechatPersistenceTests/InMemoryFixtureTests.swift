import LivechatFixture
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("A fixture in memory is what it is in a database (C12)")
struct InMemoryFixtureTests {
    /// Loaded after ``completeFixture``: keys left out, set to null, or given another value.
    static let documents = [
        "{}",
        #"{"settings":{"previewRoom":null,"loginExpirationDays":null}}"#,
        #"{"settings":{"previewRoom":false}}"#,
        #"{"settings":{"loginExpirationDays":1}}"#,
        #"{"roles":[{"id":"livechat-agent"},{"id":"guest"},{"id":"new"}]}"#,
        #"{"roles":[{"id":"livechat-agent","scope":"Subscriptions","restrictedTo":["x"]},{"id":"guest","restrictedTo":null}]}"#,
        #"{"permissions":[{"id":"view-l-room"},{"id":"new"}]}"#,
        #"{"permissions":[{"id":"view-l-room","roles":[]},{"id":"view-livechat-rooms","roles":["livechat-agent"]}]}"#,
        #"{"users":[{"id":"u1"},{"id":"u3"}]}"#,
        #"{"users":[{"id":"u1","username":null,"active":false,"roles":["guest"],"tokens":[]}]}"#,
        #"{"users":[{"id":"u2","active":true,"roles":["livechat-agent"],"tokens":[{"token":"new"}]}]}"#,
        #"{"users":[{"id":"u1","tokens":[{"token":"raw"},{"token":"pat","kind":"personalAccess","expiresAt":null}]}]}"#,
        #"{"users":[{"id":"u1","tokens":[{"token":"raw","expiresAt":null}]}]}"#,
        #"{"departments":[{"id":"d1"},{"id":"d2"}]}"#,
        #"{"departments":[{"id":"d1","enabled":true,"agents":["u2"]}]}"#,
        #"{"rooms":[{"id":"r1"},{"id":"r4"}]}"#,
        #"{"rooms":[{"id":"r1","kind":"c","open":false,"servedBy":null,"departmentId":null,"inquiry":null,"members":[]}]}"#,
        #"{"rooms":[{"id":"r1","servedBy":"u2","inquiry":{},"members":[{"userId":"u1"},{"userId":"u2","roles":["admin"]}]}]}"#,
        #"{"rooms":[{"id":"r1","members":[],"inquiry":{"status":"taken"}},{"id":"r2","kind":"l","open":true}]}"#,
        #"{"rooms":[{"id":"r3","open":true,"inquiry":{"status":"queued","departmentId":null}}]}"#,
        #"{"rooms":[{"id":"r3","open":true,"inquiry":{"departmentId":"d1","defaultAgent":"u2"}}]}"#,
    ]

    @Test("Every question has the same answer after every document", arguments: documents)
    func same(_ document: String) async throws {
        let clock = SettableClock()
        let memory = InMemoryJoinStore(clock: clock.wallClock)
        let database = try JoinDatabase.temporary(clock: clock.wallClock)
        for text in [completeFixture.replacing(#""x""#, with: #""view-l-room""#), document] {
            let fixture = text.replacing(#""x""#, with: #""view-joined-room""#)
            if text != document { try await memory.loadDefaultGrants() }
            try await memory.load(fixture: Array(fixture.utf8))
            try await database.load(fixture: Array(fixture.utf8))
        }
        #expect(try await answers(memory, clock) == answers(database, clock))
        await database.close()
    }

    private func answers(
        _ store: some JoinLookups & SituationStore,
        _ clock: SettableClock
    ) async throws -> [String] {
        let service = JoinService(store: store, clock: clock.wallClock)
        var answers: [String] = []
        for user in ["u1", "u2", "u3"].map(LivechatUserID.init(stringLiteral:)) {
            answers.append("\(String(describing: try await store.user(user)))")
            answers.append("\(try await store.roles(of: user)) \(try await store.tokens(of: user))")
            for room in ["r1", "r2", "r3", "r4"].map(LivechatRoomID.init(stringLiteral:)) {
                answers.append(try await service.explain(user: user, room: room).json)
                answers.append("\(String(describing: try await store.room(room))) \(try await store.members(of: room))")
            }
        }
        return answers
    }

    @Test(
        "A mistake is the same error, and loads nothing",
        arguments: [
            #"{"users":[{"id":"new"},{"id":"u1","roles":["nope"]}]}"#,
            #"{"users":[{"id":"new"},{"id":"new"}]}"#,
            #"{"rooms":[{"id":"r1","members":[{"userId":"u1","joinedAt":"2027-01-01T00:00:00Z"}]}]}"#,
            #"{"usres":[]}"#,
        ]
    )
    func mistake(_ document: String) async throws {
        let clock = SettableClock()
        let memory = InMemoryJoinStore(clock: clock.wallClock)
        let database = try JoinDatabase.temporary(clock: clock.wallClock)
        try await memory.addUser("u1")
        try await database.addUser("u1")
        let errors = (
            try await #require(throws: FixtureError.self) { try await memory.load(fixture: Array(document.utf8)) },
            try await #require(throws: FixtureError.self) { try await database.load(fixture: Array(document.utf8)) }
        )
        #expect(errors.0 == errors.1)
        #expect(try await memory.user("new") == nil)
        await database.close()
    }
}
