import LivechatPersistence
import ServerTesting
import Testing

#if CommandLine
import NIOCore
#endif

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

        #if CommandLine && os(Linux)
        @Test("Where another program keeps readers out, a server answers all that takes no database, and then the rest")
        func recovery() async throws {
            let chat = try await Chat()
            try await Server.with(chat.path) { server in
                try await server.expect(200, "agent0")
                let lock = try await RecoveryLock(chat.path)
                let path = "/api/v1/livechat/room.join?roomId=nowhere"
                let head = " HTTP/1.1\r\nHost: x\r\nX-User-Id: agent0\r\nX-Auth-Token: raw-agent0\r\n\r\n"
                try await Wire(port: server.port).channel.executeThenClose { inbound, outbound in
                    var answers = inbound.makeAsyncIterator()
                    // The first of the two is answered with the second one asked for.
                    try await outbound.write(ByteBuffer(string: "GET /livez\(head)GET \(path)\(head)"))
                    let first = try await answers.next().map { String(buffer: $0) }
                    #expect(first?.hasSuffix(#"{"success":true}"#) == true)
                    // On each event loop: one that waited for the lock would answer when it has given up.
                    for _ in 0..<System.coreCount {
                        let alive = try await Wire.ask(port: server.port, target: "/livez", [])
                        #expect(alive.status == 200)
                    }
                    try lock.end()
                    let second = try await answers.next().map { String(buffer: $0) }
                    #expect(
                        second?.hasSuffix(#"{"success":false,"error":"error-invalid-room"}"#) == true,
                        "\(second ?? "")"
                    )
                }
                try await server.expect(200, "agent1")
            }
            try await chat.expectJoined(["agent0", "agent1"])
        }
        #endif
    }
}
