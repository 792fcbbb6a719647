import LivechatPersistence
import Testing

extension Interop {
    @Suite("Another journal")
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
    }
}
