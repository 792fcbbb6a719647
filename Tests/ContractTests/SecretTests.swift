import Foundation
import LivechatJoin
import LivechatPersistence
import Logging
import ServerTesting
import Synchronization
import Testing

@testable import Specification
@testable import WorldTesting

/// A raw token is in no log line, error, event, dump or file (contract C4).
@Suite struct SecretTests {
    /// Nothing else contains it, and no part of it is likely to be anywhere by chance.
    static let canary = "Zq7-canary-kP3xW9vT"
    static let wrong = "Zq7-canary-wrong-aB5"
    static let secrets = [canary, wrong, "Zq7-canary"]

    static let world: World = {
        var world = Change.world
        world.settings.loginExpirationDays = 36_500
        world.users[0].tokens = [
            World.Token(raw: canary), World.Token(raw: canary + "-old", expiresAt: World.now - 1),
            World.Token(raw: canary + "-personal", kind: .personalAccess),
        ]
        return world
    }()

    @Test("Through every path of the library")
    func library() async throws {
        let log = Log()
        let logger = Logger(label: "canary", factory: { _ in log })
        try await inTemporaryFolder { folder in
            let path = folder + "/join.db"
            let database = try JoinDatabase(path: path, clock: fixedClock)
            let engine = Engine(database: database, path: path)
            try await database.load(fixture: Self.world.fixture)

            var said: [String] = []
            let seen = Mutex<[String]>([])
            let service = JoinService(store: database, clock: fixedClock, logger: logger) { request, outcome in
                seen.withLock { $0.append("\(request) \(outcome) \(String(reflecting: request))") }
            }
            for profile in ProfileUnderTest.all {
                let other = engine.service(profile, logger: logger)
                for token in [Self.canary, Self.wrong, Self.canary + "-old", Self.canary + "-personal"] {
                    for user in [Change.user, "supervisor", "nobody"] {
                        for query in ["roomId=served", "roomId=nowhere", "", "roomId=public&x=1", "roomId[]=served"] {
                            let request = RawRequest(user, token, query: query)
                            said.append(await other.answer(request).description)
                            said.append(await service.answer(request).description)
                        }
                    }
                }
                let doubled = RawRequest(
                    userIDs: [Change.user],
                    tokens: [Self.canary, Self.wrong],
                    query: "roomId=served"
                )
                said.append(await other.answer(doubled).description)
            }
            said += seen.withLock { $0 }
            said.append(Self.dumpOf(LivechatToken(Self.canary)))
            said.append(Self.dumpOf(JoinRequest(userID: Change.user, token: Self.canary, roomID: "served")))
            said += try await database.events(after: 0).map(\.json)
            #expect(try await !database.events(after: 0).isEmpty)
            said.append(String(decoding: try await database.dump(), as: UTF8.self))
            said += await Self.errorsOfBrokenFixtures(database)

            // While the database is open: the file, the log and the index beside it.
            try await Self.expectNoSecret(inFilesOf: folder)
            await database.close()
            said.append(await service.answer(RawRequest(Change.user, Self.canary, query: "roomId=served")).description)
            try await Self.expectNoSecret(inFilesOf: folder)

            for line in said { Self.expectNoSecret(line, "what the library says") }
            let lines = log.lines.withLock { $0 }
            #expect(!lines.isEmpty, "nothing was captured")
            for line in lines { Self.expectNoSecret(line, "the log") }
        }
    }

    #if CommandLine
    @Test("Through every path of the program")
    func program() async throws {
        try await Engine.with(Self.world, durability: .full) { engine in
            var said: [String] = []
            for token in [Self.canary, Self.wrong] {
                for room in ["served", "nowhere", "public"] {
                    for profile in ProfileUnderTest.all {
                        let result = try await Tool.run(
                            [
                                "join", "--database", engine.path, "--user", Change.user, "--token", "-", "--room",
                                room,
                                "--profile", profile.name,
                            ],
                            input: token
                        )
                        said += [result.output, result.errors]
                    }
                }
            }
            for fixture in Self.brokenFixtures {
                let result = try await Tool.run(["load", "-", "--database", engine.path], input: fixture)
                #expect(result.status != 0)
                said += [result.output, result.errors]
            }
            for command in [["dump"], ["events", "--after", "0"]] {
                let result = try await Tool.run(command + ["--database", engine.path])
                #expect(result.status == 0)
                said += [result.output, result.errors]
            }
            for line in said { Self.expectNoSecret(line, "what the program says") }
            try await Server.with(engine.path, ["--log-level", "trace"]) { server in
                for token in [Self.canary, Self.wrong] {
                    let response = try await Wire.ask(
                        port: server.port,
                        RawRequest(Change.user, token, query: "roomId=served")
                    )
                    Self.expectNoSecret(response.answer.description, "an answer")
                }
                try await Self.expectNoSecret(
                    inFilesOf: URL(fileURLWithPath: engine.path).deletingLastPathComponent().path
                )
            }
        }
    }
    #endif
}

extension SecretTests {
    /// Fixtures with a mistake beside, around and in the place of a raw token.
    static let brokenFixtures = [
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)","createdAt":"yesterday"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)","kind":"other"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)","surprise":1}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":["\#(canary)"]}]}]}"#,
        #"{"users":[{"id":"x","tokens":["\#(canary)"]}]}"#,
        #"{"users":[{"id":"x","tokens":"\#(canary)"}]}"#,
        #"{"users":[{"id":"x","tokens":[{"hashedToken":"\#(canary)"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)"},{"token":"\#(canary)"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)","token":"\#(canary)"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)","hashedToken":"\#(canary)"}]}]}"#,
        #"{"users":[{"id":"x","roles":["nowhere"],"tokens":[{"token":"\#(canary)"}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)"#,
        #"{"users":[{"id":"x","tokens":[{"token":\#(canary)}]}]}"#,
        #"{"users":[{"id":"x","tokens":[{"token":"\#(canary)\q"}]}]}"#,
    ]

    /// None of them may be loaded, and what is said about them may not repeat the token.
    private static func errorsOfBrokenFixtures(_ database: JoinDatabase) async -> [String] {
        var errors: [String] = []
        for fixture in brokenFixtures {
            do {
                try await database.load(fixture: Array(fixture.utf8))
                Issue.record("was loaded: \(fixture)")
            } catch {
                errors += ["\(error)", String(reflecting: error), dumpOf(error)]
            }
        }
        return errors
    }

    private static func dumpOf(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }

    static func expectNoSecret(_ text: String, _ place: String) {
        for secret in secrets where text.contains(secret) {
            Issue.record("\(place) has a raw token: \(text)")
        }
    }

    /// Reads copies: a file of the database that is closed outside SQLite would lose its locks.
    static func expectNoSecret(inFilesOf folder: String) async throws {
        try await inTemporaryFolder { copies in
            let copy = Process()
            copy.executableURL = URL(fileURLWithPath: "/bin/cp")
            copy.arguments = ["-r", folder, copies + "/copy"]
            try copy.run()
            await offThread { copy.waitUntilExit() }
            let names = try FileManager.default.contentsOfDirectory(atPath: copies + "/copy")
            #expect(names.contains("join.db"))
            for name in names {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: copies + "/copy/" + name))
                for secret in secrets where bytes.range(of: Data(secret.utf8)) != nil {
                    Issue.record("the file \(name) has a raw token")
                }
            }
        }
    }

    /// Keeps every line with all that belongs to it.
    final class Log: LogHandler {
        let lines = Mutex<[String]>([])
        // Set by no test after the logger is made; the protocol wants them settable.
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }

        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            lines.withLock {
                $0.append(
                    "\(event.level) \(event.message) \(event.metadata ?? [:]) \(event.error.map { "\($0)" } ?? "")"
                )
            }
        }
    }
}
