#if PostgreSQL && CommandLine
import LivechatJoin
import LivechatJoinTesting
import LivechatPostgreSQL
import ServerTesting
import Testing

extension OnPostgreSQL {
    /// `--database postgres://…` in place of a path (contract C11 and C18).
    @Suite("The command line on PostgreSQL") struct CommandLineTests {
        /// Runs a command that must succeed.
        ///
        /// - Returns: Its standard output.
        @discardableResult
        private static func run(_ address: String, _ arguments: String..., input: String? = nil) async throws -> String
        {
            let result = try await Tool.run(arguments + ["--database", address], input: input)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            return result.output
        }

        @Test("Every kind of command")
        func commands() async throws {
            try await withDatabase { _, address in
                #expect(try await Self.run(address, "migrate") == "up to date\n")
                try await Self.run(address, "role", "add", "agents")
                try await Self.run(address, "permission", "add", "view-l-room")
                try await Self.run(address, "permission", "grant", "view-l-room", "agents")
                try await Self.run(address, "user", "add", "ann", "--role", "agents", "--by", "mia")
                let token = try await Self.run(address, "token", "issue", "ann").dropLast()
                try await Self.run(address, "department", "add", "sales")
                try await Self.run(address, "department", "add-agent", "sales", "ann")
                try await Self.run(address, "room", "add", "r1")
                try await Self.run(address, "setting", "preview-room", "on")
                let join = { [address, token] in
                    let arguments = ["join", "--user", "ann", "--token", "-", "--room", "r1", "--database", address]
                    return try await Tool.run(arguments, input: "\(token)\n").output
                }
                #expect(try await join() == "403 {\"success\":false,\"error\":\"unauthorized\"}\n")
                let explained = try await Self.run(address, "explain", "--user", "ann", "--room", "r1")
                #expect(explained.contains("livechat-join room serve r1 --by ann"))
                try await Self.run(address, "room", "queue", "r1", "--department", "sales")
                #expect(try await join() == "200 {\"success\":true}\n")
                let who = try await Self.run(address, "who", "--room", "r1", "--json")
                #expect(who == "{\"userId\":\"ann\",\"access\":\"member\"}\n")
                let places = try await Self.run(address, "where", "--user", "ann", "--json")
                #expect(places == "{\"roomId\":\"r1\",\"access\":\"member\"}\n")
                #expect(try await Self.run(address, "room", "list").contains("r1"))
                #expect(try await Self.run(address, "user", "show", "ann", "--permissions").contains("view-l-room"))
                let events = try await Self.run(address, "events", "--kind", "joined", "userAdded")
                #expect(events.split(separator: "\n").count == 2)
                #expect(events.contains("\"by\":\"mia\""))
                #expect(!(try await Self.run(address, "check").contains("✗")))
                let dump = try await Self.run(address, "dump")
                #expect(try await Self.run(address, "load", "-", input: dump).hasSuffix("\nnothing differs\n"))
                for command in ["backup", "restore"] {
                    let result = try await Tool.run([command, "copy.db", "--database", address])
                    #expect(result.status == 1)
                    #expect(result.errors.contains("pg_") || result.errors.contains("own tools"))
                }
            }
        }

        #if Console
        @Test("A server with a console and metrics shows what is in the database")
        func console() async throws {
            try await withDatabase { stores, address in
                let store = stores[0]
                try await JoinStoreContract.furnish(store)
                let token = try await store.issueToken(for: "agent").reveal()
                try await Server.with(address, ["--console", "0", "--metrics"]) { server in
                    #expect(try await server.join(user: "agent", token: token, room: "served") == 200)
                    #expect(try await server.join(user: "agent", token: token, room: "unserved") == 403)
                    let place = try #require(server.said.split(separator: "http://127.0.0.1:").dropFirst().first)
                    let parts = place.prefix { !$0.isNewline }.split(separator: "/?key=")
                    let port = try #require(Int(parts[0]))
                    let get = { (target: String, field: String) in
                        try await Wire.exchange(
                            port: port,
                            "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\(field)\r\n"
                        )
                    }
                    let opened = try await get("/?key=\(parts[1])", "")
                    let cookie = try #require(opened.split(separator: "et-Cookie: ").dropFirst().first).prefix {
                        $0 != ";"
                    }
                    for (target, words) in [
                        ("/?user=agent&room=unserved", "livechat-join room serve unserved --by agent"),
                        ("/room?id=served", ">agent<"), ("/user?id=agent", "livechat-agent"),
                        ("/grants", "view-l-room"), ("/now", "<code>access</code>"), ("/health", "postgres://"),
                    ] {
                        let page = try await get(target, "Cookie: \(cookie)\r\n")
                        #expect(page.hasPrefix("HTTP/1.1 200 ") && page.contains(words), "\(target): \(page)")
                    }
                    let metrics = try await Wire.ask(port: server.port, target: "/metrics", []).body
                    #expect(metrics.contains("livechat_join_commit_joins_count 1"))
                    #expect(!metrics.contains("livechat_join_log_bytes"), "the log is the server's")
                }
            }
        }
        #endif

        @Test("Two servers on one database: what one commits the other sees, and one is killed")
        func twoServers() async throws {
            try await withDatabase { stores, address in
                let store = stores[0]
                try await store.addRole("agents")
                try await store.addPermission("view-l-room")
                try await store.grant("view-l-room", to: ["agents"])
                try await store.addUser("ann", roles: ["agents"])
                let token = try await store.issueToken(for: "ann").reveal()
                try await store.setPreviewRoom(true)
                for room: LivechatRoom in ["r1", "r2"] {
                    try await store.addRoom(room)
                    try await store.queue(room.id)
                }
                try await Server.with(address) { one in
                    let other = try await Server.start(address)
                    func ask(_ server: Server, _ room: String) async throws -> Int {
                        try await Wire.ask(
                            port: server.port,
                            target: JoinRequest.path + "?roomId=" + room,
                            [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: token)]
                        ).status
                    }
                    #expect(try await ask(one, "r1") == 200)
                    #expect(try await ask(other, "r1") == 200)
                    try await store.closeRoom("r2")
                    #expect(try await ask(other, "r2") == 400)
                    try await store.openRoom("r2")
                    await other.kill()
                    #expect(try await ask(one, "r2") == 200)
                    try await store.revokeTokens(of: "ann")
                    #expect(try await ask(one, "r1") == 401)
                }
                #expect(try await store.events(after: 0, kinds: [.joined]).count == 2)
            }
        }
    }
}
#endif
