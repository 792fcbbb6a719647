#if CommandLine
import LivechatPersistence
import ServerTesting
import Testing

extension Interop {
    @Suite("A shell that stays open")
    struct OpenShellTests {
        /// What the shell does while the server comes and goes.
        enum Doing: String, CaseIterable {
            case nothing
            case reading = "BEGIN; SELECT count(*) FROM livechat_membership;"

            /// What ends it.
            var end: String { self == .nothing ? "" : "COMMIT;" }
        }

        @Test("Across a stop and a restart, and longer than both", arguments: Doing.allCases)
        func restart(_ doing: Doing) async throws {
            let chat = try await Chat(agents: 60)
            let shell = try OpenShell(chat.path)
            try await shell.run("SELECT count(*) FROM livechat_membership;")
            if doing == .reading { try await shell.run(doing.rawValue) }
            for turn in 0..<3 {
                try await Server.with(chat.path) { server in
                    let users = chat.agents[(20 * turn)..<(20 * turn + 20)]
                    try await joinAll(users) { try await server.answer($0) }
                    #expect(await server.stop() == 0)
                }
                try await chat.expectJoined(chat.agents.prefix(20 * turn + 20))
            }
            let seen = try await shell.run(doing.end + "SELECT count(*) FROM livechat_membership;")
            #expect(seen == ["\(chat.agents.count)"])
            try await shell.close()
            try await chat.expectJoined(chat.agents)
            try await expectSound(chat.path)
            try await Server.with(chat.path) { server in
                try await joinAll(chat.agents) { try await server.answer($0, "lobby") }
            }
            try await chat.expectJoined(chat.agents, "lobby")
        }

        @Test("It writes between a stop and a start, which sees it")
        func writes() async throws {
            let chat = try await Chat()
            let shell = try OpenShell(chat.path)
            try await Server.with(chat.path) { server in
                try await shell.run("SELECT count(*) FROM livechat_user;")
                try await server.expect(200, "agent0")
            }
            try await shell.run("UPDATE livechat_user SET active = 0 WHERE id = 'agent0';")
            try await Server.with(chat.path) { server in
                try await server.expect(401, "agent0")
                try await shell.run("UPDATE livechat_user SET active = 1 WHERE id = 'agent0';")
                try await server.expect(200, "agent0")
                try await server.expect(200, "agent1")
            }
            try await shell.close()
            try await chat.expectJoined(["agent0", "agent1"])
            try await expectSound(chat.path)
        }
    }
}
#endif
