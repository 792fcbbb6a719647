#if CommandLine
import Foundation
import LivechatJoin
import ServerTesting
import Testing

@testable import livechat_join

@Suite("The console of the command line (C11, C20)")
struct CommandLineConsoleTests {
    @Test(
        "The address is a port, or a host and a port",
        arguments: [
            ("9000", "127.0.0.1:9000"), ("0", "127.0.0.1:0"), ("127.0.0.1:9000", "127.0.0.1:9000"),
            ("[::1]:9000", "[::1]:9000"), ("localhost:9000", "localhost:9000"), ("0.0.0.0:80", "0.0.0.0:80"),
            ("", nil), ("x", nil), ("65536", nil), ("-1", nil), (":9000", nil), ("::1:9000", nil), ("[::1]", nil),
            ("[]:9000", nil), ("127.0.0.1:", nil),
        ] as [(String, String?)]
    )
    func place(_ text: String, _ place: String?) {
        #expect((try? ConsolePlace(text))?.description == place)
    }

    @Test(
        "What is meant wrongly is 64 and says why",
        arguments: [
            (["--console", "here"], "It is a PORT, such as 9000"),
            (["--console", "0.0.0.0:9000"], "other machines may reach, and it has no TLS"),
            (["--console", "[::]:9000"], "say --console-public"),
            (["--console-public"], "--console-public is about --console"),
        ]
    )
    func usage(_ arguments: [String], _ words: String) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run(["serve", "--port", "0", "--database", "chat.db"] + arguments)
            #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
        }
    }

    #if Console
    /// Starts a server with a console, opens the console and runs the body.
    private func serving(
        _ program: CommandLineProgram,
        _ body: (_ server: RunningProgram, _ endpoint: Int, _ console: Int, _ cookie: String) async throws -> Void
    ) async throws {
        let arguments = ["serve", "--port", "0", "--console", "0", "--database", "chat.db"]
        let server = try RunningProgram(program.process(arguments))
        let (console, endpoint) = (try #require(await server.nextLine()), try #require(await server.nextLine()))
        #expect(
            console.hasPrefix("console on http://127.0.0.1:") && endpoint.hasPrefix("listening on http://127.0.0.1:")
        )
        let parts = console.dropFirst("console on http://127.0.0.1:".count).split(separator: "/?key=")
        let port = try #require(Int(parts[0]))
        let opened = try await get("/?key=\(parts[1])", port)
        #expect(opened.hasPrefix("HTTP/1.1 303 "))
        let line = try #require(opened.split(separator: "\r\n").first { $0.lowercased().hasPrefix("set-cookie: ") })
        let cookie = String(line.dropFirst("set-cookie: ".count).prefix { $0 != ";" })
        try await body(server, try #require(Int(endpoint.split(separator: ":").last ?? "")), port, cookie)
        kill(server.process.processIdentifier, SIGTERM)
        #expect(await server.status() == 0)
    }

    private func get(_ target: String, _ port: Int, cookie: String? = nil) async throws -> String {
        let field = cookie.map { "Cookie: \($0)\r\n" } ?? ""
        return try await Wire.exchange(
            port: port,
            "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\(field)\r\n"
        )
    }

    @Test("serve --console shows why, as `explain` says it, and what was refused; a signal ends both")
    func serve() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, endpoint, console, cookie in
                let headers = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: "anns-token")]
                let refused = try await Wire.ask(
                    port: endpoint,
                    target: "/api/v1/livechat/room.join?roomId=foreign",
                    headers
                )
                #expect(refused.status == 403)
                let page = try await get("/?user=ann&room=foreign", console, cookie: cookie)
                #expect(page.hasPrefix("HTTP/1.1 200 "))
                let explain = ["explain", "--user", "ann", "--room", "foreign", "--database", "chat.db"]
                let text = try await program.run(explain).output
                let cures = text.split(separator: "\n").filter { $0.hasPrefix("    livechat-join ") }.map {
                    $0.dropFirst(4)
                }
                #expect(!cures.isEmpty)
                for cure in cures { #expect(page.contains(">\(cure)</pre>")) }
                #expect(page.contains("export LIVECHAT_JOIN_DATABASE=\(program.folder.path)/chat.db"))
                let now = try await get("/now", console, cookie: cookie)
                #expect(now.contains("<code>access</code>"))
                let health = try await get("/health", console, cookie: cookie)
                #expect(health.contains("last checkpoint") && health.contains(">well<") && health.contains("0.1.0"))
                #expect(!(page + now + health).contains("anns-token"))
            }
        }
    }

    @Test("A console whose port is taken stops the start, before anything is served")
    func taken() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, _, console, _ in
                let arguments = ["serve", "--port", "0", "--console", "\(console)", "--database", "chat.db"]
                let result = try await program.run(arguments)
                #expect(result.status == 1 && result.output.isEmpty)
                #expect(result.errors.contains("livechat-join: port \(console) on 127.0.0.1 is in use"))
            }
        }
    }
    #else
    @Test("A program that was built without the trait says so")
    func missing() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await program.run(["serve", "--port", "0", "--console", "0", "--database", "chat.db"])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.errors.contains(
                    "was built without the trait Console: build it with --traits CommandLine,Console"
                )
            )
        }
    }
    #endif
}
#endif
