import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatPersistence

@Suite("Remembered logins are never stale (C5)", .serialized)
struct LoginCacheTests {
    /// A change that ends what was remembered of a login, and the trigger that says so.
    struct Change: CustomTestStringConvertible {
        let trigger: String
        let script: String

        init(_ trigger: String, _ script: String) {
            self.trigger = trigger
            self.script = script
        }

        var testDescription: String { trigger }
    }

    private static let agent = "(SELECT key FROM user WHERE id = 'agent')"
    /// What REPLACE removes, it removes in silence here, as SQLite does unless it was built otherwise.
    private static let silent = "PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF;"

    /// Whoever has the role `night` may only sing.
    private static let restriction =
        "INSERT INTO role_restriction SELECT role.key, permission.key FROM role, permission "
        + "WHERE role.id = 'night' AND permission.id = 'sing'"

    static let changes = [
        Change("login_token_deleted", "DELETE FROM login_token WHERE user = \(agent)"),
        Change("login_token_updated", "UPDATE login_token SET expires_at = 1"),
        Change(
            "login_token_replaced",
            "\(silent) REPLACE INTO login_token SELECT user, digest, created_at, 1, personal_access FROM login_token"
        ),
        Change("user_updated", "UPDATE user SET active = 0"),
        Change("user_updated", "UPDATE user SET id = 'another' WHERE id = 'agent'"),
        Change("user_replaced", "\(silent) REPLACE INTO user SELECT key, id, username, 0 FROM user"),
        Change("user_replaced", "\(silent) REPLACE INTO user (id, active) VALUES ('agent', 0)"),
        Change("user_deleted", "\(silent) DELETE FROM user WHERE id = 'agent'"),
        Change("user_role_deleted", "DELETE FROM user_role"),
        Change("user_role_updated", "UPDATE user_role SET role = (SELECT key FROM role WHERE id = 'night')"),
        Change(
            "user_role_inserted",
            "INSERT INTO user_role SELECT \(agent), key FROM role WHERE id = 'night'"
        ),
    ]

    @Test("A change by whomever is seen by the next decision, with what was remembered and without", arguments: changes)
    func seen(_ change: Change) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(Self.restriction)
        let forgetful = try temporary.open { $0.rememberedLogins = 0 }
        let (remembering, looking) = (DryRun(database: database), DryRun(database: forgetful))
        #expect(try await remembering.join("agent", "served") == .joined(.serving))
        try temporary.execute(change.script)
        let answer = try await remembering.join("agent", "served")
        #expect(answer != .joined(.serving))
        #expect(try await looking.join("agent", "served") == answer)
        await forgetful.close()
        await database.close()
    }

    @Test("Without its trigger the change would not be seen: logins really are remembered", arguments: changes)
    func needed(_ change: Change) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        try temporary.execute("\(Self.restriction); DROP TRIGGER \(change.trigger)")
        let database = try temporary.open()
        let store = DryRun(database: database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        try temporary.execute(change.script)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        await database.close()
    }

    @Test("Logging in and adding users leaves what is remembered alone")
    func kept() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let stamp = try temporary.rows("SELECT logins_stamp FROM setting")
        _ = try await database.issueToken(for: id("agent"))
        try await database.addUser(User(id: id("newer")), roles: [id("livechat-agent")])
        _ = try await database.issueToken(for: id("newer"))
        #expect(try temporary.rows("SELECT logins_stamp FROM setting") == stamp)
        await database.close()
    }

    @Test("More logins than may be kept are no reason for a wrong answer", arguments: [1, 16, 17, 64])
    func bounded(capacity: Int) throws {
        let cache = LoginCache(capacity: capacity)
        let stamp = LoginCache.Stamp(logins: 1, grants: 2)
        let permissions = EffectivePermissions(roles: [], grants: GrantTable(roles: [:]))
        let token = TokenRecord(createdAt: Timestamp(milliseconds: 0))
        var known = 0
        for number in 0..<200 {
            let digest = LoginToken("token \(number)").digest
            let login = LoginCache.Login(id("u\(number)"), key: Int64(number), token, permissions, stamp)
            cache.remember(login, with: digest)
        }
        for number in 0..<200 {
            guard let login = cache.login(with: LoginToken("token \(number)").digest, stamp) else { continue }
            known += 1
            #expect(login.key == Int64(number) && login.user == id("u\(number)"))
            let later = LoginCache.Stamp(logins: 3, grants: 2)
            #expect(cache.login(with: LoginToken("token \(number)").digest, later) == nil)
        }
        #expect(known <= capacity)
        #expect(known > 0 || capacity < 16)
    }
}
