import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
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
            "login_token_inserted",
            "\(silent) REPLACE INTO login_token SELECT user, digest, created_at, 1, personal_access FROM login_token"
        ),
        Change("user_updated", "UPDATE user SET active = 0"),
        Change("user_updated", "UPDATE user SET id = 'another' WHERE id = 'agent'"),
        Change("user_updated", "\(silent) UPDATE user SET rowid = 1000 WHERE id = 'agent'"),
        Change("user_updated", "\(silent) UPDATE OR REPLACE user SET oid = \(agent) WHERE id = 'trainee'"),
        Change("user_inserted", "\(silent) REPLACE INTO user SELECT key, id, username, 0 FROM user"),
        Change("user_inserted", "\(silent) REPLACE INTO user (id, active) VALUES ('agent', 0)"),
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

    @Test("A token that was rolled back, or that a restored state does not have, is not remembered")
    func rolledBack() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRun(database: database)
        let agent: UserID = id("agent")
        let token = LoginToken("raw-agent")
        let record = TokenRecord(createdAt: worldClock().wallClock.now)
        try await database.revokeTokens(of: agent)
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await database.writer.write { session in
                try session.change(
                    "INSERT INTO login_token VALUES ((SELECT key FROM user WHERE id = 'agent'), ?1, ?2, NULL, 0)"
                ) { statement in
                    try statement.bind(1, token.digest.bytes.span)
                    try statement.bind(2, record.createdAt.milliseconds)
                }
                session.lookups.forget()
                #expect(try session.lookups.login(of: agent, with: token.digest) != nil)
                _ = try session.lookups.permissions(of: agent, in: nil)
                throw Undone()
            }
        }
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        await database.close()
    }

    @Test("A row of settings that is put back does not bring back what was remembered under it")
    func settingsPutBack() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRun(database: database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        try temporary.execute(
            """
            \(Self.silent) CREATE TABLE kept AS SELECT * FROM setting; DELETE FROM login_token;
            REPLACE INTO setting SELECT * FROM kept
            """
        )
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        await database.close()
    }

    @Test("A token of a user whose key is 0 lets nobody in under an unknown name (C4)")
    func keyZero() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let digest = LoginToken("raw-ghost").digest
        try temporary.execute("INSERT INTO user (key, id) VALUES (0, 'zero')")
        try await database.addToken(
            LoginToken("raw-ghost"),
            for: id("zero"),
            TokenRecord(createdAt: WallClock.system.now)
        )
        #expect(
            try await database.decide(JoinQuery(userID: id("ghost"), digest: digest)) { facts in
                try facts.login(of: id("ghost"), with: digest) == nil
            }
        )
        #expect(
            try await database.decide(JoinQuery(userID: id("zero"), digest: digest)) { facts in
                try facts.login(of: id("zero"), with: digest) != nil
            }
        )
        await database.close()
    }

    @Test("More logins than may be kept are no reason for a wrong answer", arguments: [1, 16, 17, 64])
    func bounded(capacity: Int) throws {
        let cache = LoginCache(capacity: capacity)
        var known = 0
        for number in 0..<200 {
            cache.remember(login(number), of: id("u\(number)"), with: LoginToken("token \(number)").digest)
        }
        for number in 0..<200 {
            let digest = LoginToken("token \(number)").digest
            guard let login = cache.login(of: id("u\(number)"), with: digest, 1) else { continue }
            known += 1
            #expect(login.key == Int64(number))
            #expect(cache.login(of: id("u\(number)"), with: digest, 3) == nil)
            #expect(cache.login(of: id("u\(number + 1)"), with: digest, 1) == nil)
        }
        #expect(known <= capacity)
        #expect(known > 0)
    }

    private func login(_ number: Int) -> LoginCache.Login {
        LoginCache.Login(
            key: Int64(number),
            token: TokenRecord(createdAt: Timestamp(milliseconds: 0)),
            combination: 0,
            stamp: 1
        )
    }

    @Test("Every byte of a user's id counts, and a long id is looked up each time", arguments: [1, 8, 38, 39, 40, 256])
    func ids(bytes: Int) throws {
        let cache = LoginCache(capacity: 1_000)
        let digest = LoginToken("token").digest
        let text = String(repeating: "u", count: bytes)
        cache.remember(login(1), of: id(text), with: digest)
        let isKept = bytes <= LoginCache.maximumUserBytes
        #expect((cache.login(of: id(text), with: digest, 1) != nil) == isKept)
        for place in 0..<bytes {
            var other = Array(text.utf8)
            other[place] = UInt8(ascii: "v")
            #expect(cache.login(of: id(String(decoding: other, as: UTF8.self)), with: digest, 1) == nil)
        }
        // No request can have a NUL byte in an id, but an embedder's own question can.
        for other in [text + "u", text + "\0", "\0" + text, String(text.dropLast()) + "\0"] {
            #expect((try? UserID(other)).map { cache.login(of: $0, with: digest, 1) == nil } ?? true)
        }
    }

    @Test("Of two users who have the same token the last is remembered, and neither is taken for the other")
    func sameToken() throws {
        let cache = LoginCache(capacity: 1_000)
        let digest = LoginToken("token").digest
        for number in [1, 2, 1] {
            cache.remember(login(number), of: id("u\(number)"), with: digest)
            #expect(cache.login(of: id("u\(number)"), with: digest, 1)?.key == Int64(number))
            #expect(cache.login(of: id("u\(3 - number)"), with: digest, 1) == nil)
        }
    }

    @Test("Two digests that begin alike are not taken for each other")
    func alike() throws {
        let cache = LoginCache(capacity: 1_000)
        let digests = try [UInt8(0), 1].map { last in
            try #require(TokenDigest(bytes: Array(repeating: 7, count: 30) + [last, 7]))
        }
        for (mine, other) in [(digests[0], digests[1]), (digests[1], digests[0])] {
            cache.remember(login(1), of: id("u1"), with: mine)
            #expect(cache.login(of: id("u1"), with: mine, 1)?.key == 1)
            #expect(cache.login(of: id("u1"), with: other, 1) == nil)
        }
    }

    @Test("A combination of roles keeps its number, and of very many the last have none")
    func combinations() {
        let combinations = RoleCombinations()
        let most = GrantCache.maximumCombinations
        for role in 0..<most { #expect(combinations.number(of: [Int64(role), 7]) == role) }
        #expect(combinations.number(of: [Int64(most), 7]) == nil)
        for role in [0, 1, most - 1] {
            #expect(combinations.number(of: [Int64(role), 7]) == role)
            #expect(combinations.roles(role) == [Int64(role), 7])
        }
    }

    @Test("Roles that are granted something else while a login is remembered count as they are now (C5)")
    func grantsChange() async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        // One reader: the second question is the one from which it knows what the combination amounts to.
        let database = try temporary.open { $0.readers = 1 }
        let store = DryRun(database: database)
        for _ in 0..<2 { #expect(try await store.join("agent", "served") == .joined(.serving)) }
        try temporary.execute(
            "CREATE TABLE kept AS SELECT * FROM permission_grant; DELETE FROM permission_grant"
        )
        for _ in 0..<2 {
            #expect(try await store.join("agent", "served") == .refused(.lacksPermission(.notGranted)))
        }
        try temporary.execute("INSERT INTO permission_grant SELECT * FROM kept")
        #expect(try await store.join("agent", "served") == .joined(.serving))
        await database.close()
    }
}
