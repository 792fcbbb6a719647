import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Testing

@testable import LivechatMigrations
@testable import LivechatPersistence

@Suite("Tokens are looked up by their digest")
struct TokenLookupTests {
    @Test("One token of two users lets each of them in, and nobody else", arguments: [0, 8])
    func shared(rememberedLogins: Int) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        let database = try temporary.open { $0.rememberedLogins = rememberedLogins }
        let clock = worldClock().wallClock
        let service = JoinService(store: DryRun(database: database), clock: clock)
        let shared = LoginToken("raw-agent")
        let record = TokenRecord(createdAt: clock.now)
        try await database.addToken(shared, for: id("second"), record)
        try await database.addToken(shared, for: id("new"), record)
        for _ in 0..<2 {
            #expect(try await service.step("agent", "raw-agent", "served") == .join)
            #expect(try await service.step("second", "raw-agent", "served") == .access)
            #expect(try await service.step("new", "raw-agent", "served-by-new") == .join)
            for stranger in ["trainee", "away", "nobody"] {
                #expect(try await service.step(stranger, "raw-agent", "served") == .authenticate)
            }
        }
        try await database.revokeTokens(of: id("second"))
        #expect(try await service.step("second", "raw-agent", "served") == .authenticate)
        #expect(try await service.step("second", "raw-second", "served") == .authenticate)
        #expect(try await service.step("agent", "raw-agent", "served") == .join)
        await database.close()
    }

    /// A digest that begins as that of "raw-agent" does.
    private static let twin = digest(beginningAs: "raw-agent")
    private static let unlike = String(repeating: "ab", count: 32)
    private static let second = "(SELECT key FROM user WHERE id = 'second')"

    private static func digest(beginningAs raw: String) -> String {
        let bytes = LoginToken(raw).digest.bytes
        return (0..<4).map { index in
            let digits = String(bytes[index], radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined() + String(repeating: "00", count: 28)
    }

    private static func insert(_ digest: String, _ verb: String = "INSERT") -> String {
        "\(verb) INTO login_token (user, digest, created_at, personal_access) "
            + "SELECT \(second), x'\(digest)', 1, 0 WHERE TRUE"
    }

    /// Those that are kept are those of the tokens, each once.
    private func expectBeginnings(_ temporary: TemporaryDatabase) throws {
        let digests = try temporary.rows("SELECT hex(digest) FROM login_token").map { $0[0] }
        let kept = try temporary.rows("SELECT beginning FROM login_token_beginning").map { Int($0[0]) }
        #expect(kept == Set(digests.map { Int($0.prefix(8), radix: 16) ?? -1 }).sorted())
    }

    @Test("A token whose digest only begins like a stored one opens nothing")
    func beginsAlike() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let service = JoinService(store: DryRun(database: database), clock: worldClock().wallClock)
        try temporary.execute(Self.insert(Self.digest(beginningAs: "raw-nobody")))
        try expectBeginnings(temporary)
        #expect(try await service.step("second", "raw-nobody", "served") == .authenticate)
        #expect(try await service.step("agent", "raw-nobody", "served") == .authenticate)
        #expect(try await service.step("agent", "raw-agent", "served") == .join)
        await database.close()
    }

    @Test(
        "How digests begin is known of every token and of no other, whatever was done",
        arguments: [
            insert(twin), insert(unlike), insert(unlike, "INSERT OR REPLACE"), insert(unlike, "INSERT OR IGNORE"),
            "\(insert(twin)); DELETE FROM login_token WHERE digest = x'\(twin)'",
            "\(insert(unlike)); DELETE FROM login_token WHERE digest = x'\(unlike)'",
            "\(insert(unlike)); \(insert(unlike, "INSERT OR REPLACE"))",
            "\(insert(unlike)); \(insert(unlike)) ON CONFLICT (digest, user) DO UPDATE SET digest = x'\(twin)'",
            "\(insert(twin)); UPDATE login_token SET digest = x'\(unlike)' WHERE digest = x'\(twin)'",
            "\(insert(unlike)); UPDATE OR REPLACE login_token SET digest = x'\(twin)' WHERE user = \(second)",
            "PRAGMA recursive_triggers = ON; \(insert(unlike)); \(insert(unlike, "INSERT OR REPLACE"))",
            "UPDATE login_token SET user = user, digest = digest, expires_at = 1",
            "DELETE FROM login_token",
            "PRAGMA foreign_keys = ON; DELETE FROM user WHERE id = 'second'",
        ]
    )
    func beginnings(_ change: String) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        try temporary.execute(change)
        try expectBeginnings(temporary)
    }

    @Test("A load keeps how digests begin, of tokens that it enters and of those that it removes")
    func loadedBeginnings() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(Self.insert(Self.twin))
        for tokens in [[], ["raw-new", "raw-second"], ["raw-second"], []] {
            let list = tokens.map { "{\"token\": \"\($0)\"}" }.joined(separator: ",")
            try await database.load(fixture: Array(#"{"users": [{"id": "second", "tokens": [\#(list)]}]}"#.utf8))
            try expectBeginnings(temporary)
            let service = JoinService(store: DryRun(database: database), clock: worldClock().wallClock)
            #expect(try await service.step("agent", "raw-agent", "served") == .join)
            let expected: Step = tokens.isEmpty ? .authenticate : .access
            #expect(try await service.step("second", "raw-second", "served") == expected)
        }
        await database.close()
    }

    @Test("A token that is shut out because its beginning is lost is let in again once the file is sealed")
    func cured() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute("DELETE FROM login_token_beginning")
        let broken = JoinService(store: DryRun(database: database), clock: worldClock().wallClock)
        #expect(try await broken.step("agent", "raw-agent", "served") == .authenticate)
        await database.close()
        try await JoinDatabase.seal(path: temporary.path)
        try expectBeginnings(temporary)
        let mended = try temporary.open()
        let service = JoinService(store: DryRun(database: mended), clock: worldClock().wallClock)
        #expect(try await service.step("agent", "raw-agent", "served") == .join)
        await mended.close()
    }

    @Test("A load that fails has changed no beginning")
    func failedLoad() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let fixture = #"{"users": [{"id": "second", "tokens": [{"token": "raw-new"}]}, {"id": 1}]}"#
        await #expect(throws: FixtureError.self) { try await database.load(fixture: Array(fixture.utf8)) }
        try expectBeginnings(temporary)
        await database.close()
    }

    @Test("A database of schema 3 keeps its tokens, and its triggers")
    func migrated() async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        let tokens = try temporary.rows("SELECT digest, user, created_at, expires_at, personal_access FROM login_token")
        #expect(tokens.count == 4)
        let older = try TemporaryDatabase()
        let connection = try older.connect(.create)
        _ = try Migrator(path: older.path, migrations: Array(Migration.all.prefix(3))).migrate(connection)
        try connection.execute(
            """
            ATTACH '\(temporary.path)' AS newer;
            INSERT INTO user SELECT * FROM newer.user;
            INSERT INTO login_token SELECT user, digest, created_at, expires_at, personal_access FROM newer.login_token;
            DETACH newer
            """
        )
        try connection.close()
        #expect(try JoinDatabase.migrate(path: older.path).first == "0004_tokens_by_digest.sql")
        #expect(
            try older.rows("SELECT beginning FROM login_token_beginning")
                == temporary.rows("SELECT beginning FROM login_token_beginning")
        )
        let kept = try older.rows("SELECT digest, user, created_at, expires_at, personal_access FROM login_token")
        #expect(kept == tokens)
        let schema: StaticString = "SELECT sql FROM sqlite_schema WHERE tbl_name = 'login_token' ORDER BY name"
        #expect(try older.rows(schema) == temporary.rows(schema))
    }
}

extension JoinService {
    fileprivate func step(_ user: String, _ token: String, _ room: String) async throws -> Step {
        try await join(JoinRequest(userID: user, token: token, roomID: room)).step
    }
}
