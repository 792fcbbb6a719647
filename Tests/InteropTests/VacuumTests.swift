#if CommandLine
import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    @Suite("VACUUM by others")
    struct VacuumTests {
        private static let fillers = 3_000

        @Test("Most rows go and the file shrinks under a server: it goes on", arguments: ["PASSIVE", "TRUNCATE"])
        func shrinks(_ checkpoint: String) async throws {
            let rooms = (0..<Self.fillers).map { number in
                #"{ "id": "filler\#(number)-\#(String(repeating: "x", count: 200))", "servedBy": "agent0" }"#
            }
            let chat = try await Chat(agents: 80, "\"rooms\": [\(rooms.joined(separator: ","))]")
            let size = chat.bytes()
            try await Server.with(chat.path) { server in
                // Every part of the file has been read, and may be mapped.
                try await server.expect(200, "agent0", "filler0-" + String(repeating: "x", count: 200))
                let first = chat.agents.prefix(20)
                try await joinAll(first) { try await server.answer($0) }
                try await joinAll(chat.agents.dropFirst(20)) {
                    try await chat.shell(
                        """
                        DELETE FROM livechat_room WHERE id LIKE 'filler%';
                        VACUUM;
                        PRAGMA wal_checkpoint(\(checkpoint));
                        """
                    )
                } _: {
                    try await server.answer($0)
                }
                try await chat.checkpointAll(checkpoint)
                #expect(chat.bytes() < size / 2)
                try await server.expect(400, "agent0", "filler1")
                try await joinAll(chat.agents) { try await server.answer($0, "lobby") }
                try await chat.expectJoined(chat.agents, "lobby")
                #expect(await server.stop() == 0)
            }
            try await expectSound(chat.path)
            let database = try chat.open()
            try await joinAll(chat.agents) { await database.answer($0) }
            try await chat.expectJoined(chat.agents)
            await database.close()
        }

        @Test("Beside joins, by either, again and again", arguments: Other.allCases)
        func beside(_ other: Other) async throws {
            let chat = try await Chat(agents: 120)
            let database = try chat.open()
            try await joinAll(chat.agents) {
                try await other.run("VACUUM;", on: chat.path)
            } _: {
                await database.answer($0)
            }
            try await chat.expectJoined(chat.agents)
            await database.close()
            try await expectSound(chat.path)
        }
    }
}
#endif
