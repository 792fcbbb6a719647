import LivechatPersistence
import Testing

extension Interop {
    @Suite("Locks that others hold")
    struct LockTests {
        /// What keeps others from writing, and what ends it.
        private static let locks = [
            "BEGIN IMMEDIATE;", "BEGIN EXCLUSIVE;",
            "BEGIN; UPDATE livechat_user SET active = 0; DELETE FROM livechat_membership;",
        ]

        @Test(
            "An answer is 503 for as long as one is held and no longer, and only where something is written",
            arguments: locks
        )
        func held(_ lock: String) async throws {
            let chat = try await Chat()
            let database = try chat.open { $0.busyTimeout = .milliseconds(50) }
            #expect(await database.answer("agent0") == 200)
            let shell = try OpenShell(chat.path)
            try await shell.run(lock)
            for _ in 0..<3 {
                #expect(await database.answer("agent0") == 200, "a member")
                #expect(await database.answer("agent1") == 503)
                #expect(await database.answer("agent1", "nowhere") == 400)
                #expect(await database.answer("nobody") == 401)
            }
            try await shell.run("ROLLBACK;")
            try await joinAll(chat.agents) { await database.answer($0) }
            try await shell.close()
            try await chat.expectJoined(chat.agents)
            await database.close()
        }

        @Test("A join that waits for one is decided after it, by what was committed meanwhile")
        func waits() async throws {
            let chat = try await Chat()
            let database = try chat.open { $0.busyTimeout = .seconds(60) }
            #expect(await database.answer("agent1", "lobby") == 200)
            let shell = try OpenShell(chat.path)
            try await shell.run("BEGIN IMMEDIATE; UPDATE livechat_user SET active = 0 WHERE id = 'agent1';")
            async let refused = database.answer("agent1")
            async let joined = database.answer("agent2")
            #expect(await database.answer("agent1", "lobby") == 200, "nothing is committed yet")
            try await shell.run("COMMIT;")
            let answers = await [refused, joined]
            #expect(answers == [401, 200])
            try await shell.close()
            try await chat.expectJoined(["agent2"])
            await database.close()
        }
    }
}
