#if CommandLine
import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    @Suite("A server that was killed")
    struct KilledServerTests {
        private static let count = "SELECT count(*) FROM livechat_membership;"

        /// A database whose log, left by a killed server, holds the joins of all agents.
        private static func killed() async throws -> Chat {
            let chat = try await Chat(agents: 30)
            let server = try await Server.start(chat.path)
            try await joinAll(chat.agents) { try await server.answer($0) }
            await server.kill()
            #expect(chat.bytes("-wal") > 0)
            return chat
        }

        private static func expectAll(_ chat: Chat) async throws {
            try await Server.with(chat.path) { server in
                try await joinAll(chat.agents) { try await server.answer($0, "lobby") }
                #expect(await server.stop() == 0)
            }
            try await chat.expectJoined(chat.agents)
            try await chat.expectJoined(chat.agents, "lobby")
            try await expectSound(chat.path)
        }

        @Test("A shell looks before the next start: what was acknowledged is there")
        func shell() async throws {
            let chat = try await Self.killed()
            #expect(try await chat.shell(Self.count) == ["\(chat.agents.count)"])
            try await Self.expectAll(chat)
        }

        @Test("A shell that may only read looks before the next start")
        func readOnly() async throws {
            let chat = try await Self.killed()
            let shell = try await ChildProcess.run(
                Shell.program,
                ["sqlite3", "-batch", "-init", "/dev/null", "-readonly", chat.path, Self.count]
            )
            #expect(shell.output == "\(chat.agents.count)\n", "\(shell.errors)")
            try await Self.expectAll(chat)
        }

        @Test("A shell changes a row before the next start, which sees it")
        func change() async throws {
            let chat = try await Self.killed()
            try await chat.shell("UPDATE livechat_user SET active = 0 WHERE id = 'agent1';")
            try await Server.with(chat.path) { server in
                try await server.expect(401, "agent1")
                try await server.expect(200, "agent2")
            }
            try await chat.shell("UPDATE livechat_user SET active = 1 WHERE id = 'agent1';")
            try await Self.expectAll(chat)
        }

        @Test("A shell that was open all the time goes on, and so does the next server")
        func openShell() async throws {
            let chat = try await Chat(agents: 30)
            let shell = try OpenShell(chat.path)
            let server = try await Server.start(chat.path)
            try await joinAll(chat.agents) { try await server.answer($0) }
            try await shell.run("BEGIN; " + Self.count)
            await server.kill()
            #expect(try await shell.run("COMMIT; " + Self.count) == ["\(chat.agents.count)"])
            try await Self.expectAll(chat)
            #expect(try await shell.run(Self.count) == ["\(2 * chat.agents.count)"])
            try await shell.close()
            try await expectSound(chat.path)
        }
    }
}
#endif
