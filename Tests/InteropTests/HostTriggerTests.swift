import LivechatJoin
import LivechatJoinTesting
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
            case abort = "ABORT"
            case fail = "FAIL"
            case rollback = "ROLLBACK"
        }

        /// Users that the host refuses: one, and more than one batch would be tried again for.
        private static let refused = [["agent7"], (20..<32).map { "agent\($0)" }]

        @Test("One that raises fails those joins alone", arguments: Raise.allCases, refused)
        func raises(_ raise: Raise, _ refused: [String]) async throws {
            for moment in ["BEFORE", "AFTER"] {
                try await Self.expectRefused(
                    refused,
                    """
                    CREATE TRIGGER host_refuses \(moment) INSERT ON livechat_event
                    WHEN new.user IN (\(refused.map { "'\($0)'" }.joined(separator: ","))) BEGIN
                        INSERT INTO host_outbox (room, user) VALUES (new.room, new.user);
                        SELECT RAISE(\(raise.rawValue), 'not this one');
                    END;
                    """,
                    undo: "DROP TRIGGER host_refuses;"
                )
            }
        }

        /// What else of a host's may fail: what a trigger does, or a reference that is looked at with the commit.
        private static let failing = [
            "INSERT INTO host_known SELECT new.user WHERE new.user = 'agent7'",
            "INSERT OR ROLLBACK INTO host_known SELECT new.user WHERE new.user = 'agent7'",
            "INSERT INTO host_outbox (room, user) SELECT NULL, new.user WHERE new.user = 'agent7'",
        ]

        @Test("One that fails does so alone", arguments: failing)
        func fails(_ statement: String) async throws {
            try await Self.expectRefused(
                ["agent7"],
                """
                CREATE TABLE host_known (user TEXT PRIMARY KEY);
                INSERT INTO host_known VALUES ('agent7');
                CREATE TRIGGER host_refuses AFTER INSERT ON livechat_event BEGIN \(statement); END;
                """,
                undo: "DROP TRIGGER host_refuses;"
            )
        }

        @Test("One whose reference to nothing is found out with the commit fails alone")
        func deferred() async throws {
            try await Self.expectRefused(
                ["agent7"],
                """
                CREATE TABLE host_known (user TEXT PRIMARY KEY);
                INSERT INTO host_known SELECT id FROM livechat_user WHERE id <> 'agent7';
                CREATE TABLE host_seen (user TEXT REFERENCES host_known DEFERRABLE INITIALLY DEFERRED);
                CREATE TRIGGER host_sees AFTER INSERT ON livechat_event BEGIN
                    INSERT INTO host_seen VALUES (new.user);
                END;
                """,
                undo: "INSERT INTO host_known VALUES ('agent7');"
            )
        }

        /// Expects that of joins that share a transaction these fail, and the others are written, each once.
        private static func expectRefused(_ refused: [String], _ script: String, undo: String) async throws {
            let chat = try await Chat(agents: 40)
            let database = try chat.open { $0.busyTimeout = .seconds(60) }
            try await chat.shell(outbox + script)
            let statuses = try await answersOfOneBatch(chat, database)
            let others = chat.agents.filter { !refused.contains($0) }
            #expect(statuses.filter { $0.value == 200 }.keys.sorted() == others.sorted())
            #expect(statuses.filter { $0.value == 503 }.keys.sorted() == refused.sorted())
            try await chat.expectJoined(others)
            try await expectOutbox(others, chat)
            // Alone in its transaction it fails just as well.
            for user in refused {
                #expect(await database.answer(user) == 503)
                #expect(await database.answer(user, "lobby") == 503)
            }
            try await chat.expectJoined([], "lobby")
            try await chat.shell(undo)
            for user in refused { #expect(await database.answer(user) == 200) }
            try await chat.expectJoined(chat.agents)
            try await expectOutbox(chat.agents, chat)
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("One that keeps the event from being written keeps the join from being written")
        func ignores() async throws {
            let chat = try await Chat()
            let database = try chat.open()
            try await chat.shell(
                """
                CREATE TRIGGER host_ignores BEFORE INSERT ON livechat_event WHEN new.user = 'agent7' BEGIN
                    SELECT RAISE(IGNORE);
                END;
                """
            )
            #expect(await database.answer("agent7") == 503)
            try await chat.expectJoined([])
            #expect(await database.answer("agent1") == 200)
            await database.close()
        }

        /// Joins all while another program holds the write lock, so that they wait and share a transaction.
        private static func answersOfOneBatch(_ chat: Chat, _ database: JoinDatabase) async throws -> [String: Int] {
            let shell = try OpenShell(chat.path)
            try await shell.run("BEGIN IMMEDIATE;")
            let (admissions, admitted) = AsyncStream.makeStream(of: Void.self)
            let store = InterposedJoinStore(database) { _ in admitted.yield() }
            let service = JoinService(store: store, logger: .silent)
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
