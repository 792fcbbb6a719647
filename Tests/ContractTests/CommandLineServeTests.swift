#if CommandLine
import Foundation
import LivechatJoin
import LivechatSQLite
import LivechatServer
import NIOCore
import ServerTesting
import Testing

@testable import Specification
@testable import livechat_join

@Suite("Serving from the command line", .serialized)
struct CommandLineServeTests {
    /// Starts a server on a free port and runs the body with it.
    private func serving(
        _ program: CommandLineProgram,
        _ arguments: [String] = [],
        _ body: (RunningProgram, Int) async throws -> Void
    ) async throws {
        let server = try RunningProgram(
            program.process(["serve", "--port", "0", "--database", "chat.db"] + arguments)
        )
        let line = try #require(await server.nextLine())
        let start = "listening on http://127.0.0.1:"
        #expect(line.hasPrefix(start))
        try await body(server, try #require(Int(line.dropFirst(start.count))))
    }

    private func get(_ uri: String, port: Int) async throws -> String {
        let headers = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: "anns-token")]
        let response = try await Wire.ask(port: port, target: uri, headers)
        return "\(response.answer.status) \(response.answer.body)"
    }

    private static let join = "/api/v1/livechat/room.join?roomId="

    @Test("serve answers, and a signal ends it with 0", arguments: [SIGTERM, SIGINT, SIGHUP])
    func serve(_ signal: Int32) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { server, port in
                for (uri, expected) in [
                    (Self.join + "served", #"200 {"success":true}"#),
                    (Self.join + "foreign", #"403 {"success":false,"error":"unauthorized"}"#),
                    ("/livez", #"200 {"success":true}"#),
                    ("/readyz", #"200 {"success":true}"#),
                    ("/", #"404 {"success":false,"error":"Not Found"}"#),
                ] {
                    let answer = try await get(uri, port: port)
                    #expect(answer == expected)
                }
                kill(server.process.processIdentifier, signal)
                #expect(await server.status() == 0)
                #expect(await server.nextLine() == nil)
            }
            let events = try await program.run("events", "--after", "1", "--database", "chat.db").output
            #expect(events.split(separator: "\n").count == 1)
        }
    }

    @Test("A second signal ends it at once, whatever it waits for", arguments: [SIGTERM, SIGINT, SIGHUP])
    func secondSignal(_ signal: Int32) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            // An answer that waits for another program's lock: the first signal would wait for it, for an hour.
            try await serving(program, ["--drain-timeout", "3600"]) { server, port in
                let lock = try Connection(
                    path: program.folder.appendingPathComponent("chat.db").path,
                    options: .init(access: .readWrite, busyTimeout: 5_000)
                )
                try lock.execute("BEGIN IMMEDIATE")
                let connection = try await Wire(port: port)
                try? await connection.channel.executeThenClose { inbound, outbound in
                    let headers = " HTTP/1.1\r\nHost: x\r\nX-User-Id: ann\r\nX-Auth-Token: anns-token\r\n\r\n"
                    let asked = "GET /livez\(headers)GET \(Self.join)served\(headers)"
                    try await outbound.write(ByteBuffer(string: asked))
                    // The first of the two is answered with the second one asked for.
                    for try await _ in inbound { break }
                    kill(server.process.processIdentifier, SIGTERM)
                    // It stops listening once it stops.
                    while let other = try? await Wire.connect(port: port) { other.close(promise: nil) }
                    kill(server.process.processIdentifier, signal)
                    #expect(await server.status() == 128 + signal)
                }
            }
        }
    }

    @Test("Each option gets to the server")
    func options() {
        var limits = ServerLimits()
        limits.allowOrigin = ["https://a.example", "http://b:8080"]
        (limits.idleTimeout, limits.drainTimeout) = (5, 6)
        (limits.maxConnections, limits.trustedProxies) = (7, 2)
        let options = limits.options
        #expect(options.allowedOrigins == ["https://a.example", "http://b:8080"])
        #expect(options.idleTimeout == .seconds(5) && options.drainTimeout == .seconds(6))
        #expect(options.maximumConnections == 7 && options.trustedProxies == 2)
        limits.maxConnections = nil
        #expect(limits.options.maximumConnections == .max)
    }

    @Test("--metrics serves every metric, which moves by what it should (C16)")
    func metrics() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program, ["--metrics", "--rate-limit", "2/3600"]) { _, port in
                for room in ["served", "foreign", "served"] { _ = try await get(Self.join + room, port: port) }
                let response = try await Wire.ask(port: port, target: "/metrics", [])
                #expect(response.status == 200)
                #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                let lines = response.body.split(separator: "\n").map(String.init)
                for line in [
                    #"livechat_join_requests_total{step="join",status="200"} 1"#,
                    #"livechat_join_requests_total{step="access",status="403"} 1"#,
                    #"livechat_join_requests_total{step="limit",status="429"} 1"#,
                    #"livechat_join_requests_total{step="none",status="503"} 0"#,
                    #"livechat_join_rate_limited_total{budget="requests"} 1"#,
                    #"livechat_join_rate_limited_total{budget="logins"} 0"#,
                    "livechat_join_decision_seconds_count 3",
                    "livechat_join_commit_seconds_count 1",
                    "livechat_join_commit_joins_sum 1.0",
                ] {
                    #expect(lines.contains(line), "\(line)")
                }
                for gauge in ["livechat_join_queue_length ", "livechat_join_log_bytes "] {
                    #expect(lines.contains { $0.hasPrefix(gauge) }, "\(gauge)")
                }
                let all = response.body + response.headers.description
                for secret in ["ann", "anns-token", "served", "127.0.0.1"] { #expect(!all.contains(secret)) }
                #expect(try await get("/metrics/", port: port).hasPrefix("404 "))
            }
        }
    }

    @Test("--openapi serves the document of the profile")
    func openAPI() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program, ["--openapi", "--profile", "rocket-chat-8"]) { _, port in
                let response = try await Wire.ask(port: port, target: "/openapi.json", [])
                #expect(response.status == 200 && response.headers["content-type"] == "application/json")
                #expect(response.body == OpenAPIDocument(.rocketChat8).json)
            }
        }
    }

    @Test("Without --metrics and --openapi there is nothing at their paths", arguments: ["/metrics", "/openapi.json"])
    func noPages(_ path: String) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let answer = try await get(path, port: port)
                #expect(answer == #"404 {"success":false,"error":"Not Found"}"#)
            }
        }
    }

    @Test("The limits of the server are options")
    func limits() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let options = [
                "--allow-origin", "https://a.example", "http://b:8080", "--idle-timeout", "1", "--drain-timeout", "0",
                "--max-connections", "3",
            ]
            try await serving(program, options) { _, port in
                let closed = try await Wire.exchange(port: port, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(closed.hasSuffix(#"{"success":true}"#))
                let fields = [(name: "Origin", value: "http://b:8080")]
                let response = try await Wire.ask(port: port, target: Self.join + "served", fields)
                #expect(response.headers["access-control-allow-origin"] == "http://b:8080")
            }
        }
    }

    @Test(
        "A limit that makes no sense is wrong usage",
        arguments: [
            ["--idle-timeout", "0"], ["--idle-timeout", "-1"], ["--idle-timeout", "86401"], ["--drain-timeout", "-1"],
            ["--max-connections", "0"], ["--allow-origin", "https://a.example/"], ["--allow-origin", "a.example"],
            ["--allow-origin", "HTTPS://a.example"], ["--allow-origin", "https://a b"], ["--allow-origin", "://a"],
            ["--allow-origin", "https://a\r\nX: y"], ["--trusted-proxies", "101"], ["--trusted-proxies=-1"],
        ]
    )
    func wrongLimits(_ arguments: [String]) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let result = try await program.run(["serve", "--port", "0", "--database", "chat.db"] + arguments)
            #expect(result.status == 64)
            #expect(result.errors.contains(arguments[0].prefix { $0 != "=" }))
        }
    }

    @Test("A client has 10 requests and 30 failed logins in a minute, where nothing else is said")
    func defaultRateLimits() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let first = try await ask(port)
                #expect(first.headers["x-ratelimit-limit"] == "10")
                #expect(first.headers["x-ratelimit-remaining"] == "9")
                var statuses: [Int] = []
                while statuses.last != 429, statuses.count < 40 {
                    statuses.append(try await ask(port, token: "wrong").status)
                }
                #expect(statuses == Array(repeating: 401, count: 30) + [429])
            }
        }
    }

    @Test("The rate limits are options, and so is the number of proxies")
    func rateLimits() async throws {
        func statuses(_ port: Int, _ token: String = "anns-token") async throws -> [Int] {
            var statuses: [Int] = []
            for client in ["192.0.2.1", "192.0.2.1", "192.0.2.2"] {
                statuses.append(try await ask(port, token: token, from: client).status)
            }
            return statuses
        }
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let limits = ["--rate-limit", "1/86400", "--login-limit", "2/86400"]
            try await serving(program, limits) { _, port in
                let good = try await statuses(port)
                #expect(good == [200, 429, 429])
                let wrong = try await statuses(port, "wrong")
                #expect(wrong == [401, 401, 429])
            }
            try await serving(program, limits + ["--trusted-proxies", "1"]) { _, port in
                let good = try await statuses(port)
                #expect(good == [200, 429, 200])
                let wrong = try await statuses(port, "wrong")
                #expect(wrong == [401, 401, 401])
            }
            try await serving(program, ["--rate-limit", "0", "--login-limit", "0"]) { _, port in
                for _ in 0..<31 {
                    let refused = try await ask(port, token: "wrong")
                    #expect(refused.status == 401)
                }
                for _ in 0..<11 {
                    let joined = try await ask(port)
                    #expect(joined.status == 200)
                    #expect(joined.headers["x-ratelimit-limit"] == nil)
                }
            }
        }
    }

    private func ask(
        _ port: Int,
        token: String = "anns-token",
        from client: String? = nil
    ) async throws
        -> Wire.Response
    {
        var fields = [(name: "X-User-Id", value: "ann"), (name: "X-Auth-Token", value: token)]
        if let client { fields.append((name: "X-Forwarded-For", value: client)) }
        return try await Wire.ask(port: port, target: Self.join + "served", fields)
    }

    /// What a server takes itself depends on the number of processors; one more is for a client.
    private static let leastDescriptors = 27 + 3 * System.coreCount

    /// A server that may have this many descriptors, and its port.
    private func server(_ program: CommandLineProgram, descriptors: Int) async throws -> (RunningProgram, Int) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "ulimit -n \(descriptors); exec \"$0\" \"$@\"", Tool.program.path, "serve", "--port", "0",
            "--database",
            program.folder.appendingPathComponent("chat.db").path,
        ]
        let server = try RunningProgram(process)
        let line = try #require(await server.nextLine())
        return (server, try #require(line.split(separator: ":").last.flatMap { Int($0) }))
    }

    @Test("With the fewest descriptors it starts with, it lets a client join")
    func fewestDescriptors() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let (server, port) = try await server(program, descriptors: Self.leastDescriptors)
            for target in [Self.join + "served", Self.join + "other", "/readyz"] {
                let answer = try await get(target, port: port)
                #expect(answer == #"200 {"success":true}"#)
            }
            kill(server.process.processIdentifier, SIGTERM)
            #expect(await server.status() == 0)
        }
    }

    @Test(
        "Too few descriptors to start is one line that names the limit",
        arguments: [8, 12, 20, 21, 24, 26, 30, leastDescriptors - 1]
    )
    func descriptors(_ count: Int) async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            // An address of no machine: were it to start, it would end there.
            let result = try await ChildProcess.run(
                URL(fileURLWithPath: "/bin/sh"),
                [
                    "-c", "ulimit -n \(count); exec \"$0\" \"$@\"", Tool.program.path, "serve", "--port", "0",
                    "--host", "192.0.2.1", "--database", program.folder.appendingPathComponent("chat.db").path,
                ]
            )
            #expect(result.status == 1)
            #expect(result.output == "")
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(result.errors.contains("ulimit -n"))
        }
    }

    @Test("Without descriptors for another connection, those that are open go on")
    func noDescriptors() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            let limit = Self.leastDescriptors + 16
            let (server, port) = try await server(program, descriptors: limit)
            let livez = ByteBuffer(string: "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            try await Wire(port: port).channel.executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                try await outbound.write(livez)
                _ = try await answers.next()
                var others: [any Channel] = []
                for _ in 0..<limit { others.append(try await Wire.connect(port: port)) }
                for _ in 0..<16 {
                    try await outbound.write(livez)
                    let answer = try await answers.next().map { String(buffer: $0) }
                    #expect(answer?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
                }
                for other in others { other.close(promise: nil) }
            }
            let answer = try await get("/readyz", port: port)
            #expect(answer == #"200 {"success":true}"#)
            kill(server.process.processIdentifier, SIGTERM)
            #expect(await server.status() == 0)
        }
    }

    @Test("A profile is kept")
    func profile() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program, ["--profile", "rocket-chat-8"]) { _, port in
                let answer = try await get(Self.join + "foreign", port: port)
                #expect(answer == #"400 {"success":false,"error":"error-not-allowed"}"#)
            }
        }
    }

    @Test("What another process changes, the next request sees")
    func otherProcess() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let closing = #"{"rooms":[{"id":"served","open":false}]}"#
                _ = try await program.run("load", "-", "--database", "chat.db", input: closing)
                let answer = try await get(Self.join + "served", port: port)
                #expect(answer == #"400 {"success":false,"error":"room-closed"}"#)
            }
        }
    }

    @Test("A join that was answered outlives kill -9")
    func killed() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { server, port in
                let answer = try await get(Self.join + "served", port: port)
                #expect(answer == #"200 {"success":true}"#)
                kill(server.process.processIdentifier, SIGKILL)
                _ = await server.status()
            }
            let events = try await program.run("events", "--after", "1", "--database", "chat.db").output
            #expect(events.hasPrefix(#"{"seq":2,"kind":"joined","#))
        }
    }

    @Test("A port in use is one line")
    func portInUse() async throws {
        try await CommandLineProgram.inFolder { program in
            try await program.makeDatabase()
            try await serving(program) { _, port in
                let second = try await program.run("serve", "--port", "\(port)", "--database", "chat.db")
                #expect(second.status == 1)
                #expect(second.output == "")
                #expect(
                    second.errors.withoutNotices == "livechat-join: port \(port) on 127.0.0.1 is in use: "
                        + "end what listens there, or give another --port\n"
                )
            }
        }
    }

    @Test("The demo shows every answer in 120 columns, finds all right, and leaves nothing behind")
    func demo() async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run("demo")
            #expect(result.status == 0)
            #expect(result.errors == "")
            let lines = result.output.split(separator: "\n")
            #expect(lines.last == "All 15 answers are what the contract says, byte for byte.")
            #expect(lines.count { $0.hasPrefix("✓ ") } == 15)
            #expect(lines.allSatisfy { $0.count <= 120 })
            #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path).isEmpty)
        }
    }
}
#endif
