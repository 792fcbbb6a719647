import LivechatPersistence
import Testing

extension Interop {
    @Suite("Another journal or page size")
    struct JournalModeTests {
        @Test("Chosen while it is stopped: it works, with a log again", arguments: ["DELETE", "TRUNCATE", "PERSIST"])
        func stopped(_ mode: String) async throws {
            let chat = try await Chat()
            let before = try chat.open()
            try await joinAll(chat.agents) { await before.answer($0) }
            await before.close()
            // PERSIST leaves a journal beside the file.
            let rows = try await chat.shell(
                "PRAGMA journal_mode = \(mode); UPDATE livechat_user SET username = 'by hand';"
            )
            #expect(rows == [mode.lowercased()])
            let after = try chat.open { $0.schema = .requireCurrent }
            try await joinAll(chat.agents) { await after.answer($0, "lobby") }
            #expect(try await chat.shell("PRAGMA journal_mode;") == ["wal"])
            try await chat.expectJoined(chat.agents)
            try await chat.expectJoined(chat.agents, "lobby")
            await after.close()
            try await expectSound(chat.path)
        }

        @Test("Another page size, chosen while it is stopped", arguments: [512, 1_024, 8_192, 65_536])
        func pageSize(_ bytes: Int) async throws {
            let chat = try await Chat(agents: 60)
            try await chat.shell("PRAGMA journal_mode = DELETE; PRAGMA page_size = \(bytes); VACUUM;")
            #expect(try await chat.shell("PRAGMA page_size;") == ["\(bytes)"])
            let database = try chat.open()
            try await joinAll(chat.agents) {
                try await chat.shell("PRAGMA wal_checkpoint(TRUNCATE);")
            } _: {
                await database.answer($0)
            }
            try await database.backup(to: chat.file("copy.db"))
            #expect(try await chat.shell("PRAGMA journal_mode; PRAGMA page_size;") == ["wal", "\(bytes)"])
            try await chat.expectJoined(chat.agents)
            await database.close()
            try await expectSound(chat.path)
            try await expectSound(chat.file("copy.db"))
        }

        @Test("Pages that are given back as rows go", arguments: ["FULL", "INCREMENTAL"])
        func autoVacuum(_ mode: String) async throws {
            let chat = try await Chat()
            try await chat.shell(
                """
                PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = \(mode); VACUUM;
                CREATE TABLE host_filler (bytes BLOB);
                INSERT INTO host_filler VALUES (zeroblob(4000000));
                """
            )
            let size = chat.bytes()
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            try await chat.shell("DELETE FROM host_filler; PRAGMA incremental_vacuum;")
            #expect(await database.answer("agent1") == 200)
            try await chat.checkpointAll("TRUNCATE")
            #expect(chat.bytes() < size / 2)
            try await joinAll(chat.agents) { await database.answer($0) }
            try await chat.expectJoined(chat.agents)
            await database.close()
            try await expectSound(chat.path)
        }

        @Test("A shell that was open before there was a log uses it too")
        func openShell() async throws {
            let chat = try await Chat()
            try await chat.shell("PRAGMA journal_mode = DELETE;")
            let shell = try OpenShell(chat.path)
            #expect(try await shell.run("SELECT count(*) FROM livechat_membership;") == ["0"])
            let database = try chat.open()
            #expect(await database.answer("agent0") == 200)
            #expect(try await shell.run("SELECT count(*) FROM livechat_membership;") == ["1"])
            try await shell.run("UPDATE livechat_user SET active = 0 WHERE id = 'agent1';")
            #expect(await database.answer("agent1") == 401)
            try await shell.close()
            #expect(await database.answer("agent2") == 200)
            try await chat.expectJoined(["agent0", "agent2"])
            await database.close()
        }
    }
}
