import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    /// What replicates a database all day: it holds a snapshot so that the log is kept, reads, and checkpoints.
    ///
    /// Run with SQLite 3.40.1 on both sides. Before 3.51.3 an outside checkpoint that meets a commit which restarts the
    /// log can, rarely, lose that commit (contract C17), so the joins here are a few thousand and not millions.
    @Suite("A replication sidecar")
    struct SidecarTests {
        private static let joins = 2_000

        private static let release = "COMMIT;"
        private static let hold = "BEGIN; SELECT count(*) FROM livechat_event;"
        private static let checkpoint = "PRAGMA wal_checkpoint(PASSIVE);"

        @Test("In a process of its own: nothing is lost and nobody is kept waiting")
        func process() async throws {
            let chat = try await Chat(agents: Self.joins)
            let database = try chat.open()
            let (reader, checkpointer) = (try OpenShell(chat.path), try OpenShell(chat.path))
            try await reader.run(Self.hold)
            let joined = try await joinAll(chat.agents, clients: 16) {
                try await reader.run(Self.release)
                try await checkpointer.run(Self.checkpoint)
                try await reader.run(Self.hold)
                try await checkpointer.run(Self.checkpoint)
            } _: {
                await database.answer($0)
            }
            #expect(joined.count == Self.joins)
            try await Self.expectAll(chat)
            await database.close()
            // The sidecar outlives the server.
            try await reader.close()
            try await checkpointer.close()
            try await Self.expectAll(chat)
            try await expectSound(chat.path)
        }

        @Test("In this process: nothing is lost and nobody is kept waiting")
        func thread() async throws {
            let chat = try await Chat(agents: Self.joins)
            let database = try chat.open()
            let joined = try await joinAll(chat.agents, clients: 16) {
                try await offThread {
                    let (reader, checkpointer) = (try OtherConnection(chat.path), try OtherConnection(chat.path))
                    for _ in 0..<20 {
                        try reader.run(Self.hold)
                        try checkpointer.run(Self.checkpoint)
                        try reader.run(Self.release)
                        try checkpointer.run(Self.checkpoint)
                    }
                }
            } _: {
                await database.answer($0)
            }
            #expect(joined.count == Self.joins)
            try await Self.expectAll(chat)
            await database.close()
            try await Self.expectAll(chat)
            try await expectSound(chat.path)
        }

        private static func expectAll(_ chat: Chat) async throws { try await chat.expectJoined(chat.agents) }
    }
}
