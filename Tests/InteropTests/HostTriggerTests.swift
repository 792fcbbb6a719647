import LivechatJoin
import LivechatPersistence
import Synchronization
import Testing

extension Interop {
    @Suite("The host's triggers on our event table")
    struct HostTriggerTests {
        private static let outbox = """
            CREATE TABLE host_outbox (id INTEGER PRIMARY KEY, room TEXT NOT NULL, user TEXT NOT NULL);
            CREATE TRIGGER host_outbox_joined AFTER INSERT ON livechat_event WHEN new.kind = 'joined' BEGIN
                INSERT INTO host_outbox (room, user) VALUES (new.room, new.user);
            END;
            """

        private static func expectOutbox(_ users: some Sequence<String>, _ chat: Chat) async throws {
            let rows = try await chat.shell("SELECT user FROM host_outbox WHERE room = 'public' ORDER BY user;")
            #expect(rows == users.sorted())
        }

        @Test(
            "What one writes is written with the join, once, whether it was made before or beside",
            arguments: [true, false]
        )
        func outbox(_ isThereBefore: Bool) async throws {
            let chat = try await Chat(agents: 60)
            if isThereBefore { try await chat.shell(Self.outbox) }
            let database = try chat.open()
            if !isThereBefore { try await chat.shell(Self.outbox) }
            for _ in 0..<2 { try await joinAll(chat.agents) { await database.answer($0) } }
            try await chat.expectJoined(chat.agents)
            try await Self.expectOutbox(chat.agents, chat)
            await database.close()
            try await expectSound(chat.path)
        }

        /// How a trigger raises (https://sqlite.org/lang_createtrigger.html#raise).
        enum Raise: String, CaseIterable {
            case abort = "ABORT, 'no'"
            case fail = "FAIL, 'no'"
            case rollback = "ROLLBACK, 'no'"
            case ignore = "IGNORE"
        }

        @Test("One that raises fails that join alone", arguments: Raise.allCases, ["BEFORE", "AFTER"])
        func raises(_ raise: Raise, _ moment: String) async throws {
            // IGNORE after the row leaves the row and the trigger's own work: nothing has failed.
            if raise == .ignore && moment == "AFTER" { return }
            let chat = try await Chat(agents: 40)
            let database = try chat.open()
            try await chat.shell(
                Self.outbox + """
                    CREATE TRIGGER host_refuses \(moment) INSERT ON livechat_event WHEN new.user = 'agent7' BEGIN
                        INSERT INTO host_outbox (room, user) VALUES (new.room, new.user);
                        SELECT RAISE(\(raise.rawValue));
                    END;
                    """
            )
            let statuses = try await Self.answersOfOneBatch(chat, database)
            let others = chat.agents.filter { $0 != "agent7" }
            #expect(statuses["agent7"] == 503)
            #expect(others.allSatisfy { statuses[$0] == 200 }, "\(statuses)")
            try await chat.expectJoined(others)
            try await Self.expectOutbox(others, chat)
            #expect(await database.answer("agent7") == 503)
            #expect(await database.answer("agent7", "lobby") == 503)
            try await chat.shell("DROP TRIGGER host_refuses;")
            #expect(await database.answer("agent7") == 200)
            try await chat.expectJoined(chat.agents)
            try await Self.expectOutbox(chat.agents, chat)
            await database.close()
            try await expectSound(chat.path)
        }

        /// Joins all while another program holds the write lock, so that they wait and share a transaction.
        private static func answersOfOneBatch(_ chat: Chat, _ database: JoinDatabase) async throws -> [String: Int] {
            let shell = try OpenShell(chat.path)
            try await shell.run("BEGIN IMMEDIATE;")
            let (admissions, admitted) = AsyncStream.makeStream(of: Void.self)
            let service = JoinService(store: Announcing(database: database, admitted: admitted), logger: .silent)
            return try await withThrowingTaskGroup(of: (String, Int).self) { group in
                for agent in chat.agents { group.addTask { (agent, await service.answer(agent)) } }
                var count = 0
                for await _ in admissions {
                    count += 1
                    if count == chat.agents.count { break }
                }
                try await shell.run("COMMIT;")
                try await shell.close()
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
    }
}

/// Tells when a join is about to be handed to the writer.
private struct Announcing: JoinStore {
    let database: JoinDatabase
    let admitted: AsyncStream<Void>.Continuation

    func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try await database.decide(query, evaluate)
    }

    func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        admitted.yield()
        return try await database.admit(query, evaluate)
    }
}
