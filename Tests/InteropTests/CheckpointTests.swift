import LivechatPersistence
import Testing

extension Interop {
    @Suite("Checkpoints by others")
    struct CheckpointTests {
        enum Mode: String, CaseIterable {
            case passive = "PASSIVE"
            case full = "FULL"
            case restart = "RESTART"
            case truncate = "TRUNCATE"
        }

        @Test("Beside joins: all are let in, and each is there", arguments: Mode.allCases, Other.allCases)
        func beside(_ mode: Mode, _ other: Other) async throws {
            let chat = try await Chat(agents: 120)
            let database = try chat.open()
            let joined = try await joinAll(chat.agents) {
                try await other.run("PRAGMA wal_checkpoint(\(mode.rawValue));", on: chat.path)
            } _: {
                await database.answer($0)
            }
            try await chat.expectJoined(joined)
            await database.close()
            let again = try chat.open()
            try await joinAll(chat.agents) { await again.answer($0, "lobby") }
            try await chat.expectJoined(chat.agents)
            try await chat.expectJoined(chat.agents, "lobby")
            await again.close()
            try await expectSound(chat.path)
        }

        @Test("Beside a database that waits for requests: complete, whatever the mode", arguments: Mode.allCases)
        func idle(_ mode: Mode) async throws {
            let chat = try await Chat()
            let database = try chat.open()
            try await joinAll(chat.agents) { await database.answer($0) }
            try await chat.checkpointAll(mode.rawValue)
            if mode == .truncate { #expect(chat.bytes("-wal") == 0) }
            try await joinAll(chat.agents) { await database.answer($0, "lobby") }
            try await chat.expectJoined(chat.agents, "lobby")
            await database.close()
        }
    }
}
