import LivechatJoin
import LivechatPersistence
import Testing

extension Interop {
    /// A trigger that is gone would be a stale grant or a stale login.
    @Suite("Our triggers and indexes, dropped by others")
    struct SchemaTests {
        private struct Object {
            let kind: String
            let name: String
            let sql: String
        }

        /// What can be dropped and made again with the same words.
        private static func objects(_ chat: Chat) async throws -> [Object] {
            let names = try await chat.shell(
                """
                SELECT type, name FROM sqlite_schema
                WHERE type IN ('trigger', 'index') AND tbl_name LIKE 'livechat_%' AND sql IS NOT NULL ORDER BY name;
                """
            )
            var objects: [Object] = []
            for line in names {
                let parts = line.split(separator: "|").map(String.init)
                let sql = try await Shell.output(
                    of: "SELECT sql FROM sqlite_schema WHERE name = '\(parts[1])';",
                    on: chat.path
                )
                objects.append(Object(kind: parts[0], name: parts[1], sql: String(sql.dropLast())))
            }
            return objects
        }

        private static func expectNamed(_ object: Object, _ chat: Chat) async throws {
            let findings = try await JoinDatabase.check(path: chat.path).filter { !$0.holds }
            #expect(findings.contains { $0.description.contains(object.name) }, "\(object.name): \(findings)")
        }

        @Test("Beside an open database: an error until it is there again", arguments: Other.allCases)
        func running(_ other: Other) async throws {
            let chat = try await Chat()
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            let objects = try await Self.objects(chat)
            #expect(objects.count > 20)
            for object in objects {
                try await other.run("DROP \(object.kind) \(object.name);", on: chat.path)
                #expect(await database.answer("agent0") == 503, "a member, without \(object.name)")
                #expect(await database.answer("agent1") == 503, "without \(object.name)")
                try await Self.expectNamed(object, chat)
                try await other.run(object.sql + ";", on: chat.path)
                #expect(await database.answer("agent0") == 200, "with \(object.name) again")
            }
            #expect(await database.answer("agent1") == 200)
            try await chat.expectJoined(["agent0", "agent1"])
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("While it is stopped: an error at opening until it is there again")
        func stopped() async throws {
            let chat = try await Chat()
            for object in try await Self.objects(chat) {
                try await chat.shell("DROP \(object.kind) \(object.name);")
                #expect(throws: LivechatStoreError.self, "without \(object.name)") { _ = try chat.open() }
                #expect(throws: LivechatStoreError.self, "without \(object.name)") {
                    _ = try chat.open { $0.schema = .requireCurrent }
                }
                try await Self.expectNamed(object, chat)
                try await chat.shell(object.sql + ";")
            }
            let database = try chat.open()
            try await joinAll(chat.agents) { await database.answer($0) }
            await database.close()
            try await expectSound(chat.path)
        }

        /// What else is not ours any more, and what undoes it.
        private static let alterations = [
            (
                "a trigger that does nothing",
                """
                DROP TRIGGER livechat_user_updated;
                CREATE TRIGGER livechat_user_updated AFTER UPDATE ON livechat_user BEGIN SELECT 1; END;
                """
            ),
            ("a table with another column", "ALTER TABLE livechat_user ADD COLUMN note TEXT;"),
            ("a table with another name", "ALTER TABLE livechat_grant RENAME TO host_grant;"),
        ]

        @Test("What is altered is an error too", arguments: alterations)
        func altered(_ what: String, _ script: String) async throws {
            let chat = try await Chat()
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            try await chat.shell(script)
            #expect(await database.answer("agent0") == 503)
            await database.close()
            #expect(throws: LivechatStoreError.self) { _ = try chat.open() }
            let findings = try await JoinDatabase.check(path: chat.path).filter { !$0.holds }
            #expect(findings.contains { $0.description.contains("livechat_") }, "\(findings)")
        }

        @Test("What is the host's own may come and go beside an open database")
        func hosts() async throws {
            let chat = try await Chat()
            let database = try chat.open()
            let scripts = [
                "CREATE TABLE host_note (user INTEGER REFERENCES livechat_user ON DELETE CASCADE, text TEXT);",
                "CREATE INDEX host_note_user ON host_note (user);",
                "CREATE VIEW host_member AS SELECT room, user FROM livechat_membership;",
                "CREATE INDEX host_username ON livechat_user (username);",
                """
                CREATE TRIGGER host_joined AFTER INSERT ON livechat_membership BEGIN
                    INSERT INTO host_note VALUES (new.user, 'joined');
                END;
                """,
                "ANALYZE;",
                "DROP TRIGGER host_joined; DROP INDEX host_username; DROP VIEW host_member; DROP TABLE host_note;",
            ]
            for (script, agent) in zip(scripts, chat.agents) {
                try await chat.shell(script)
                #expect(await database.answer(agent) == 200, "\(script)")
                try await expectSound(chat.path)
            }
            try await chat.expectJoined(chat.agents.prefix(scripts.count))
            await database.close()
        }
    }
}
