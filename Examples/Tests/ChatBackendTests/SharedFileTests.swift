import ChatBackend
import GRDB
import LivechatHTTP
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("The host's tables and pool beside the engine's, in one file and one process")
struct SharedFileTests {
    /// A host's trigger runs inside the transaction of the join (contract C17).
    private static let trigger = """
        CREATE TABLE greeting (
            room INTEGER NOT NULL REFERENCES livechat_room(key) ON DELETE CASCADE, text TEXT NOT NULL
        );
        CREATE TRIGGER greet AFTER INSERT ON livechat_event WHEN new.kind = 'joined' BEGIN
            SELECT RAISE(ABORT, 'not tonight') WHERE new.user = 'unwelcome';
            INSERT INTO greeting SELECT key, 'welcome, ' || new.user FROM livechat_room WHERE id = new.room;
        END;
        """

    @Test("A trigger writes a row in the join's transaction, and one that raises fails that join alone")
    func trigger() async throws {
        try await withDatabase(users: ["ann", "unwelcome"]) { database, messages in
            try await messages.pool.write { try $0.execute(sql: Self.trigger) }
            let service = JoinService(store: database)
            await #expect(throws: JoinFailure.self) {
                try await service.join(JoinRequest(.verified("unwelcome"), roomID: "r1"))
            }
            #expect(try await database.members(of: "r1").isEmpty)
            #expect(try await service.join(JoinRequest(.verified("ann"), roomID: "r1")) == .joined(.permission))
            #expect(try await greetings(messages) == ["welcome, ann"])
            // What belongs to a room of ours goes with it.
            try await database.removeRoom("r1")
            #expect(try await greetings(messages) == [])
        }
    }

    private func greetings(_ messages: Messages) async throws -> [String] {
        try await messages.pool.read { try String.fetchAll($0, sql: "SELECT text FROM greeting") }
    }

    @Test("Joins, the host's writes and its readers do not disturb each other")
    func together() async throws {
        let users = (0..<100).map { "u\($0)" }
        try await withDatabase(users: users) { database, messages in
            try await messages.pool.write { try $0.execute(sql: Self.trigger) }
            let service = JoinService(store: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in users {
                    group.addTask {
                        let outcome = try await service.join(JoinRequest(.verified(LivechatUserID(user)), roomID: "r1"))
                        #expect(outcome == .joined(.permission))
                    }
                    group.addTask {
                        try await messages.pool.write { database in
                            let sql = "INSERT INTO message (room, text, at) SELECT key, ?, 0 FROM livechat_room"
                            try database.execute(sql: sql, arguments: [user])
                        }
                    }
                    group.addTask {
                        // Membership, count, event and the trigger's row are one commit, on every snapshot.
                        let counts = try await messages.pool.read { database in
                            try ["livechat_membership", "livechat_event WHERE kind = 'joined'", "greeting"].map {
                                table in
                                try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)")
                            }
                        }
                        #expect(Set(counts).count == 1)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.room("r1")?.membersCount == users.count)
            #expect(try await greetings(messages).count == users.count)
            #expect(try await messages.messages(in: "r1").count == users.count)
        }
    }

    @Test("A restore while events are posted: the messages are those of the current log")
    func restoreWhilePosting() async throws {
        try await withDatabase(users: ["a", "b", "c", "d", "e"]) { database, messages in
            let service = JoinService(store: database)
            @Sendable func join(_ users: LivechatUserID...) async throws {
                for user in users {
                    #expect(try await service.join(JoinRequest(.verified(user), roomID: "r1")) == .joined(.permission))
                }
            }
            let copy = database.path + ".copy"
            try await join("a")
            try await JoinDatabase.backup(database.path, to: copy)
            // What is restored when the first of these is handled has neither.
            try await join("b", "c")
            // "d" and "e" take the same places.
            let end = try await database.endOfEvents()
            let events = JoinEventService(
                database,
                kinds: [.joined],
                after: { try await messages.lastCursor() },
                skipped: { try await messages.store($0) },
                handle: { event in
                    if event.userID == "b" {
                        try await JoinDatabase.restore(copy, to: database.path)
                        try await join("d", "e")
                    }
                    try await messages.post(event)
                }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await events.run() }
                group.addTask {
                    // Each look waits for an answer.
                    while try await messages.lastCursor().sequence < end.sequence {}
                }
                try await group.next()
                group.cancelAll()
            }
            #expect(try await messages.messages(in: "r1").map(\.text) == ["a joined", "d joined", "e joined"])
        }
    }

    private func withDatabase(
        users: [String],
        _ body: (JoinDatabase, Messages) async throws -> Void
    ) async throws {
        let database = try JoinDatabase.temporary()
        for user in users {
            try await database.addUser(LivechatUser(id: LivechatUserID(user)), roles: ["livechat-manager"])
        }
        try await database.addRoom("r1")
        let messages = try Messages(path: database.path)
        try await body(database, messages)
        try messages.pool.close()
        await database.close()
    }
}
