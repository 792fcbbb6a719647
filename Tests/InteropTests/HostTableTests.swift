import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

extension Interop {
    @Suite("The host's own tables in the file")
    struct HostTableTests {
        /// What a host may hang on our rows.
        private static let tables = """
            CREATE TABLE host_profile (user INTEGER PRIMARY KEY REFERENCES livechat_user ON DELETE CASCADE, text TEXT);
            CREATE TABLE host_badge (
                room INTEGER, user INTEGER,
                FOREIGN KEY (room, user) REFERENCES livechat_membership (room, user) ON DELETE CASCADE
            );
            CREATE TABLE host_ticket (room INTEGER NOT NULL REFERENCES livechat_room (key) ON DELETE CASCADE);
            CREATE TABLE host_rank (role INTEGER NOT NULL REFERENCES livechat_role (key) ON DELETE CASCADE);
            CREATE TABLE host_desk (department INTEGER NOT NULL REFERENCES livechat_department (key) ON DELETE CASCADE);
            CREATE INDEX host_ticket_room ON host_ticket (room);
            CREATE VIEW host_ticket_id AS SELECT id FROM host_ticket JOIN livechat_room ON key = room;
            INSERT INTO host_profile SELECT key, id FROM livechat_user;
            INSERT INTO host_badge SELECT room, user FROM livechat_membership;
            INSERT INTO host_ticket SELECT key FROM livechat_room;
            INSERT INTO host_rank SELECT key FROM livechat_role;
            INSERT INTO host_desk SELECT key FROM livechat_department;
            """

        /// A note of every row of ours that goes.
        private static let notes =
            "CREATE TABLE host_gone (what TEXT);"
            + ["user", "login_token", "user_role", "role", "grant", "room", "inquiry", "membership", "department"]
            .map { table in
                """
                CREATE TRIGGER host_gone_\(table) AFTER DELETE ON livechat_\(table) BEGIN
                    INSERT INTO host_gone VALUES ('\(table)');
                END;
                """
            }
            .joined(separator: "\n")

        private static let all = """
            SELECT 'profile', user FROM host_profile ORDER BY user; SELECT 'badge', room, user FROM host_badge ORDER BY 2, 3;
            SELECT 'ticket', room FROM host_ticket ORDER BY room; SELECT 'rank', role FROM host_rank ORDER BY role;
            SELECT 'desk', department FROM host_desk ORDER BY department; SELECT 'gone', what FROM host_gone;
            """

        private static func chat() async throws -> Chat {
            let chat = try await Chat()
            let database = try chat.open()
            try await joinAll(chat.agents.prefix(6)) { await database.answer($0) }
            await database.close()
            try await chat.shell(tables + notes)
            return chat
        }

        @Test("A load that changes nothing, and one that adds, delete no row of the host's")
        func unchanged() async throws {
            let chat = try await Self.chat()
            let database = try chat.open()
            let before = try await chat.shell(Self.all)
            #expect(before.count > 30)
            try await database.load(fixture: database.dump())
            #expect(try await chat.shell(Self.all) == before)
            let more =
                #"{ "users": [\#(Chat.user("newcomer", roles: ["livechat-agent"]))], "rooms": [{ "id": "new" }] }"#
            try await database.load(fixture: Array(more.utf8))
            #expect(try await chat.shell(Self.all) == before)
            #expect(await database.answer("newcomer") == 200)
            await database.close()
            try await expectSound(chat.path)
        }

        @Test(
            "What a row of the host's refers to is not removed, and the error says what to do",
            arguments: ["", "ON DELETE NO ACTION", "ON DELETE RESTRICT"]
        )
        func referredTo(_ action: String) async throws {
            let chat = try await Chat()
            try await chat.shell(
                """
                CREATE TABLE host_note (user INTEGER REFERENCES livechat_user \(action));
                INSERT INTO host_note SELECT key FROM livechat_user WHERE id = 'agent3';
                """
            )
            let database = try chat.open()
            let error = await #expect(throws: LivechatStoreError.self) { try await database.removeUser("agent3") }
            #expect(error?.code == .inUse)
            #expect(error?.description.hasSuffix("its foreign key ON DELETE CASCADE or SET NULL") == true)
            #expect(await database.answer("agent3") == 200)
            try await database.removeUser("agent4")
            try await chat.shell("DELETE FROM host_note;")
            try await database.removeUser("agent3")
            await database.close()
        }

        @Test("A load that removes a member takes along what hangs on that membership, and no more")
        func removesMember() async throws {
            let chat = try await Self.chat()
            let database = try chat.open()
            let before = try await chat.shell(Self.all)
            let key = try #require(try await chat.shell("SELECT key FROM livechat_user WHERE id = 'agent3';").first)
            let room = try #require(try await chat.shell("SELECT key FROM livechat_room WHERE id = 'public';").first)
            let dump = Data(try await database.dump())
            var fixture = try #require(try JSONSerialization.jsonObject(with: dump) as? [String: Any])
            var rooms = try #require(fixture["rooms"] as? [[String: Any]])
            let place = try #require(rooms.firstIndex { $0["id"] as? String == "public" })
            let members = try #require(rooms[place]["members"] as? [[String: Any]])
            rooms[place]["members"] = members.filter { $0["userId"] as? String != "agent3" }
            fixture["rooms"] = rooms
            try await database.load(fixture: Array(JSONSerialization.data(withJSONObject: fixture)))
            let after = try await chat.shell(Self.all)
            #expect(after == before.filter { $0 != "badge|\(room)|\(key)" } + ["gone|membership"])
            #expect(await database.answer("agent3") == 200)
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("Removed rows take the host's along, with foreign keys on, beside an open database")
        func cascades() async throws {
            let chat = try await Self.chat()
            let database = try chat.open()
            try await chat.shell("PRAGMA foreign_keys = ON; DELETE FROM livechat_user WHERE id = 'agent3';")
            #expect(try await chat.shell("SELECT count(*) FROM host_profile;") == ["\(chat.agents.count - 1)"])
            #expect(try await chat.shell("SELECT count(*) FROM host_badge;") == ["5"])
            #expect(await database.answer("agent3") == 401)
            #expect(await database.answer("agent7") == 200)
            await database.close()
            try await expectSound(chat.path)
        }

        /// A host's file, with the names that ours once had and numbers of its own.
        private static let hostsFile = """
            PRAGMA user_version = 7;
            PRAGMA application_id = 4711;
            CREATE TABLE user (id TEXT PRIMARY KEY, name TEXT);
            CREATE TABLE room (id TEXT PRIMARY KEY);
            CREATE TABLE event (id INTEGER PRIMARY KEY);
            CREATE TABLE setting (key TEXT, value TEXT);
            CREATE TABLE schema_migration (version INTEGER PRIMARY KEY);
            CREATE INDEX user_name ON user (name);
            CREATE TRIGGER user_added AFTER INSERT ON user BEGIN INSERT INTO event (id) VALUES (NULL); END;
            INSERT INTO user VALUES ('ann', 'Ann');
            INSERT INTO schema_migration VALUES (99);
            """

        private static let hostsState = """
            PRAGMA user_version; PRAGMA application_id; SELECT id, name FROM user; SELECT count(*) FROM room;
            SELECT count(*) FROM event; SELECT count(*) FROM setting; SELECT version FROM schema_migration;
            """

        /// Who adds our tables.
        enum Adding: String, CaseIterable { case migrate, open }

        @Test("Ours are added to a file that has only the host's, which stay as they were", arguments: Adding.allCases)
        func added(_ adding: Adding) async throws {
            let chat = try await Chat()
            let path = chat.file("host.db")
            try await Shell.run(Self.hostsFile, on: path)
            let before = try await Shell.run(Self.hostsState, on: path)
            if adding == .migrate { #expect(try JoinDatabase.migrate(path: path) != []) }
            let database = try JoinDatabase(interop: path) { $0.schema = adding == .open ? .migrate : .requireCurrent }
            #expect(try JoinDatabase.migrate(path: path) == [])
            let ours = try chat.open()
            try await database.load(fixture: ours.dump())
            await ours.close()
            try await joinAll(chat.agents) { await database.answer($0) }
            #expect(try await Shell.run(Self.hostsState, on: path) == before)
            try await expectSound(path)
            await database.close()
            #expect(try await Shell.run(Self.hostsState, on: path) == before)
            try await expectSound(path)
        }

        @Test("user_version and application_id are the host's to set at any time")
        func numbers() async throws {
            let chat = try await Chat()
            let database = try chat.open()
            #expect(try await chat.shell("PRAGMA user_version; PRAGMA application_id;") == ["0", "0"])
            for (number, agent) in zip(["7", "123456", "-1"], chat.agents) {
                try await chat.shell("PRAGMA user_version = \(number); PRAGMA application_id = \(number);")
                #expect(await database.answer(agent) == 200)
                try await expectSound(chat.path)
                #expect(try await chat.shell("PRAGMA user_version; PRAGMA application_id;") == [number, number])
            }
            await database.close()
            let again = try chat.open()
            #expect(await again.answer("agent9") == 200)
            await again.close()
            #expect(try await chat.shell("PRAGMA user_version; PRAGMA application_id;") == ["-1", "-1"])
        }
    }
}
