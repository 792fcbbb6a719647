import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    @Suite("Rows changed by others")
    struct ChangeTests {
        /// What another program changes, and what agent0 is answered after it; before it, it is 200.
        struct Change: Sendable, CustomTestStringConvertible {
            let name: String
            let change: String
            let undo: String
            let answer: Int
            var room = "public"

            var testDescription: String { name }
        }

        private static let user = "(SELECT key FROM livechat_user WHERE id = 'agent0')"
        private static let room = "(SELECT key FROM livechat_room WHERE id = 'public')"

        /// Rows that are deleted come back from these copies.
        private static let copies = """
            CREATE TABLE host_token AS SELECT * FROM livechat_login_token;
            CREATE TABLE host_role AS SELECT * FROM livechat_user_role;
            CREATE TABLE host_grant AS SELECT * FROM livechat_grant;
            CREATE TABLE host_inquiry AS SELECT * FROM livechat_inquiry;
            """

        static let all = [
            Change(
                name: "the user is deactivated",
                change: "UPDATE livechat_user SET active = 0 WHERE id = 'agent0'",
                undo: "UPDATE livechat_user SET active = 1 WHERE id = 'agent0'",
                answer: 401
            ),
            Change(
                name: "the user has another id",
                change: "UPDATE livechat_user SET id = 'agent-0' WHERE id = 'agent0'",
                undo: "UPDATE livechat_user SET id = 'agent0' WHERE id = 'agent-0'",
                answer: 401
            ),
            Change(
                name: "the token is deleted",
                change: "DELETE FROM livechat_login_token WHERE user = \(user)",
                undo: "INSERT INTO livechat_login_token SELECT * FROM host_token WHERE user = \(user)",
                answer: 401
            ),
            Change(
                name: "the token expires",
                change: "UPDATE livechat_login_token SET expires_at = 1 WHERE user = \(user)",
                undo: "UPDATE livechat_login_token SET expires_at = NULL WHERE user = \(user)",
                answer: 401
            ),
            Change(
                name: "logins last a moment",
                change: "UPDATE livechat_setting SET login_expiration_days = 0.000000001",
                undo: "UPDATE livechat_setting SET login_expiration_days = NULL",
                answer: 401
            ),
            Change(
                name: "the role is withdrawn",
                change: "DELETE FROM livechat_user_role WHERE user = \(user)",
                undo: "INSERT INTO livechat_user_role SELECT * FROM host_role WHERE user = \(user)",
                answer: 403
            ),
            Change(
                name: "the grant is deleted",
                change: """
                    DELETE FROM livechat_grant
                    WHERE permission = (SELECT key FROM livechat_permission WHERE id = 'view-l-room')
                        AND role = (SELECT key FROM livechat_role WHERE id = 'livechat-agent')
                    """,
                undo: "INSERT OR IGNORE INTO livechat_grant SELECT * FROM host_grant",
                answer: 403
            ),
            Change(
                name: "the role is restricted",
                change: """
                    INSERT INTO livechat_restriction SELECT livechat_role.key, livechat_permission.key
                    FROM livechat_role, livechat_permission
                    WHERE livechat_role.id = 'livechat-agent' AND livechat_permission.id = 'view-livechat-rooms'
                    """,
                undo: """
                    DELETE FROM livechat_restriction
                    WHERE role = (SELECT key FROM livechat_role WHERE id = 'livechat-agent')
                    """,
                answer: 403
            ),
            Change(
                name: "the role has another id, which changes nothing",
                change: "UPDATE livechat_role SET id = 'renamed' WHERE id = 'livechat-agent'",
                undo: "UPDATE livechat_role SET id = 'livechat-agent' WHERE id = 'renamed'",
                answer: 200
            ),
            Change(
                name: "the room is closed",
                change: "UPDATE livechat_room SET open = 0 WHERE id = 'public'",
                undo: "UPDATE livechat_room SET open = 1 WHERE id = 'public'",
                answer: 400
            ),
            Change(
                name: "the room is of another kind",
                change: "UPDATE livechat_room SET kind = 'c' WHERE id = 'public'",
                undo: "UPDATE livechat_room SET kind = 'l' WHERE id = 'public'",
                answer: 400
            ),
            Change(
                name: "the inquiry is taken",
                change: "UPDATE livechat_inquiry SET status = 'taken' WHERE room = \(room)",
                undo: "UPDATE livechat_inquiry SET status = 'queued' WHERE room = \(room)",
                answer: 403
            ),
            Change(
                name: "the inquiry is deleted",
                change: "DELETE FROM livechat_inquiry WHERE room = \(room)",
                undo: "INSERT INTO livechat_inquiry SELECT * FROM host_inquiry WHERE room = \(room)",
                answer: 403
            ),
            Change(
                name: "rooms have no preview",
                change: "UPDATE livechat_setting SET preview_room = 0",
                undo: "UPDATE livechat_setting SET preview_room = 1",
                answer: 403
            ),
            Change(
                name: "the department has lost the agent",
                change: "DELETE FROM livechat_department_agent",
                undo: "INSERT INTO livechat_department_agent SELECT key, \(user) FROM livechat_department",
                answer: 403,
                room: "in-sales"
            ),
            Change(
                name: "the department is disabled",
                change: "UPDATE livechat_department SET enabled = 0",
                undo: "UPDATE livechat_department SET enabled = 1",
                answer: 403,
                room: "in-sales"
            ),
        ]

        /// Whether the log has more frames than make a stock SQLite write it back with its next commit (1,000).
        enum Log: String, CaseIterable { case short, long }

        /// Makes the log as long as it is to be.
        ///
        /// The change that follows comes from a connection with SQLite's defaults.
        private static func write(_ log: Log, _ other: Other, _ chat: Chat) async throws {
            guard log == .long else { return }
            try await other.run(
                """
                PRAGMA wal_autocheckpoint = 0;
                CREATE TABLE host_filler (bytes BLOB);
                WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number WHERE n < 1200)
                INSERT INTO host_filler SELECT zeroblob(4000) FROM number;
                """,
                on: chat.path
            )
        }

        private static func chat() async throws -> Chat {
            let chat = try await Chat(
                agents: 3,
                #""departments": [{ "id": "sales", "agents": ["agent0"] }]"#
            )
            try await chat.shell(copies)
            return chat
        }

        @Test("Beside an open database: the next request sees it", arguments: all, Log.allCases)
        func running(_ change: Change, _ log: Log) async throws {
            for other in Other.allCases {
                let chat = try await Self.chat()
                let database = try chat.open()
                // Whatever is remembered of the user and the grants is remembered now.
                #expect(await database.answer("agent0", "lobby") == 200)
                try await Self.write(log, other, chat)
                if log == .long { #expect(chat.bytes("-wal") > 1_000 * 4_096) }
                #expect(await database.answer("agent0", "lobby") == 200)
                try await other.run(change.change + ";", on: chat.path)
                #expect(await database.answer("agent0", change.room) == change.answer, "\(other.rawValue)")
                try await other.run(change.undo + ";", on: chat.path)
                #expect(await database.answer("agent0", change.room) == 200, "\(other.rawValue), undone")
                await database.close()
                try await expectSound(chat.path)
            }
        }

        @Test("While it is stopped: the first request sees it", arguments: all, Log.allCases)
        func stopped(_ change: Change, _ log: Log) async throws {
            let chat = try await Self.chat()
            for (script, answer) in [(change.change, change.answer), (change.undo, 200)] {
                let before = try chat.open()
                _ = await before.answer("agent0", "lobby")
                await before.close()
                try await Self.write(log, .shell, chat)
                try await chat.shell(script + "; DROP TABLE IF EXISTS host_filler;")
                let after = try chat.open()
                #expect(await after.answer("agent0", change.room) == answer)
                await after.close()
            }
            try await expectSound(chat.path)
        }

        @Test("A user who is put in may join with the next request", arguments: Other.allCases)
        func added(_ other: Other) async throws {
            let chat = try await Self.chat()
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            let newcomer = JoinRequest(userID: "newcomer", token: "raw-agent0", roomID: "public")
            let service = JoinService(store: database, logger: .silent)
            #expect(await service.respond(to: newcomer).status == 401)
            // The token of agent0 is one of the newcomer's as well.
            try await other.run(
                """
                INSERT INTO livechat_user (id) VALUES ('newcomer');
                INSERT INTO livechat_login_token (user, digest, created_at, personal_access)
                SELECT last_insert_rowid(), digest, created_at, 0 FROM livechat_login_token WHERE user = \(Self.user);
                """,
                on: chat.path
            )
            #expect(await service.respond(to: newcomer).status == 403)
            try await other.run(
                """
                INSERT INTO livechat_user_role SELECT livechat_user.key, livechat_role.key FROM livechat_user, livechat_role
                WHERE livechat_user.id = 'newcomer' AND livechat_role.id = 'livechat-agent';
                """,
                on: chat.path
            )
            #expect(await service.respond(to: newcomer).status == 200)
            try await chat.expectJoined(["agent0", "newcomer"])
            await database.close()
            try await expectSound(chat.path)
        }
    }
}
