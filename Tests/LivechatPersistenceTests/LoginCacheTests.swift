import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Remembered logins are never stale (C5)", .serialized)
struct LoginCacheTests {
    /// A change that ends what was remembered of a login, and the trigger that renews the stamp.
    struct Change: CustomTestStringConvertible {
        let trigger: String
        let script: String

        init(_ trigger: String, _ script: String) {
            self.trigger = trigger
            self.script = script
        }

        var testDescription: String { trigger }
    }

    private static let agent = "(SELECT key FROM livechat_user WHERE id = 'agent')"
    /// What REPLACE removes, it removes in silence here, as SQLite does unless it was built otherwise.
    private static let silent = "PRAGMA recursive_triggers = OFF; PRAGMA foreign_keys = OFF;"

    /// Holders of the role `night` may only sing.
    private static let restriction =
        "INSERT INTO livechat_restriction SELECT role.key, permission.key "
        + "FROM livechat_role AS role, livechat_permission AS permission "
        + "WHERE role.id = 'night' AND permission.id = 'sing'"

    static let changes = [
        Change("login_token_deleted", "DELETE FROM livechat_login_token WHERE user = \(agent)"),
        Change("login_token_updated", "UPDATE livechat_login_token SET expires_at = 1"),
        Change(
            "login_token_inserted",
            "\(silent) REPLACE INTO livechat_login_token "
                + "SELECT user, digest, created_at, 1, personal_access FROM livechat_login_token"
        ),
        Change("user_updated", "UPDATE livechat_user SET active = 0"),
        Change("user_updated", "UPDATE livechat_user SET id = 'another' WHERE id = 'agent'"),
        Change(
            "user_updated",
            "\(silent) UPDATE OR REPLACE livechat_user SET oid = \(agent), login_stamp = "
                + "(SELECT login_stamp FROM livechat_user WHERE id = 'agent') WHERE id = 'trainee'"
        ),
        Change(
            "user_inserted",
            "\(silent) REPLACE INTO livechat_user SELECT key, id, username, 0, login_stamp FROM livechat_user"
        ),
        Change("user_role_deleted", "DELETE FROM livechat_user_role"),
        Change(
            "user_role_updated",
            "UPDATE livechat_user_role SET role = (SELECT key FROM livechat_role WHERE id = 'night')"
        ),
        Change(
            "user_role_inserted",
            "INSERT INTO livechat_user_role SELECT \(agent), key FROM livechat_role WHERE id = 'night'"
        ),
    ]

    /// A program that saves whole rows puts the stamps back that it has read.
    static let savedRows = [
        "UPDATE livechat_user SET username = 'n', login_stamp = (SELECT login_stamp FROM kept_user WHERE id = 'agent') "
            + "WHERE id = 'agent'",
        "UPDATE livechat_user SET id = id, active = active, login_stamp = "
            + "(SELECT login_stamp FROM kept_user WHERE id = 'agent') WHERE id = 'agent'",
    ]

    @Test("A row that is saved whole does not bring back what was remembered under its stamp", arguments: savedRows)
    func saved(_ script: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRunStore(database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        try temporary.execute(
            "CREATE TABLE kept_user AS SELECT * FROM livechat_user; DELETE FROM livechat_login_token; \(script)"
        )
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        await database.close()
    }

    /// Changes after which the row that had the stamp is not there: no trigger is needed for them.
    static let removals = [
        "\(silent) UPDATE livechat_user SET rowid = 1000 WHERE id = 'agent'",
        "\(silent) REPLACE INTO livechat_user (id, active) VALUES ('agent', 0)",
        "\(silent) DELETE FROM livechat_user WHERE id = 'agent'",
    ]

    @Test(
        "A change by any program is seen by the next decision, with what was remembered and without",
        arguments: changes.map(\.script) + removals
    )
    func seen(_ script: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(Self.restriction)
        let forgetful = try temporary.open { $0.rememberedLogins = 0 }
        let (remembering, looking) = (DryRunStore(database), DryRunStore(forgetful))
        #expect(try await remembering.join("agent", "served") == .joined(.serving))
        try temporary.execute(script)
        let answer = try await remembering.join("agent", "served")
        #expect(answer != .joined(.serving))
        #expect(try await looking.join("agent", "served") == answer)
        await forgetful.close()
        await database.close()
    }

    @Test("Without its trigger the change would not be seen: logins really are remembered", arguments: changes)
    func needed(_ change: Change) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(Self.restriction)
        let key = try await database.key(of: "agent")
        // The stamp is put back, as if its trigger had not fired.
        let stamp = try await database.stamp(ofUser: key)
        let store = DryRunStore(database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        try temporary.execute(
            "\(change.script); UPDATE livechat_user SET login_stamp = \(stamp) WHERE key = \(key)"
        )
        #expect(try await store.join("agent", "served") == .joined(.serving))
        await database.close()
    }

    @Test("A change of one user forgets nobody else, and a new token of a user forgets that user's only")
    func others() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try temporary.rows("SELECT login_stamp FROM livechat_user WHERE id <> 'agent' ORDER BY id")
        let own = try await database.stamp(ofUser: database.key(of: "agent"))
        _ = try await database.issueToken(for: id("agent"))
        #expect(
            try temporary.rows("SELECT login_stamp FROM livechat_user WHERE id <> 'agent' ORDER BY id") == before
        )
        #expect(try await database.stamp(ofUser: database.key(of: "agent")) != own)
        await database.close()
    }

    @Test("A token that was rolled back, or that a restored state does not have, is not remembered")
    func rolledBack() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRunStore(database)
        let agent: LivechatUserID = id("agent")
        let token = LivechatToken("raw-agent")
        let record = LivechatTokenRecord(createdAt: worldClock().wallClock.now)
        try await database.revokeTokens(of: agent)
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        struct Undone: Error {}
        await #expect(throws: Undone.self) {
            try await database.writer.write { session in
                try ChangeSession(writer: session, at: record.createdAt, by: nil).change(
                    "INSERT INTO livechat_login_token VALUES ((SELECT key FROM livechat_user WHERE id = 'agent'), ?1, ?2, NULL, 0)"
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

    @Test("A row that is put back does not bring back what was remembered under it")
    func putBack() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRunStore(database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        try temporary.execute(
            """
            \(Self.silent) CREATE TABLE kept_user AS SELECT * FROM livechat_user;
            CREATE TABLE kept AS SELECT * FROM livechat_setting; DELETE FROM livechat_login_token;
            REPLACE INTO livechat_user SELECT * FROM kept_user; REPLACE INTO livechat_setting SELECT * FROM kept
            """
        )
        #expect(try await store.join("agent", "served") == .refused(.notLoggedIn(.unknown)))
        await database.close()
    }

    @Test("A token of a user whose key is 0 lets nobody in under an unknown name (C4)")
    func keyZero() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let digest = LivechatToken("raw-ghost").digest
        try temporary.execute("INSERT INTO livechat_user (key, id) VALUES (0, 'zero')")
        try await database.addToken(
            LivechatToken("raw-ghost"),
            for: id("zero"),
            LivechatTokenRecord(createdAt: LivechatClock.system.now)
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

    @Test("More logins than may be kept push the oldest out, one at a time", arguments: [1, 16, 17, 64])
    func bounded(capacity: Int) throws {
        let cache = LoginCache(capacity: capacity)
        func known() -> [Int] {
            (0..<200).filter { number in
                guard let login = cache.login(with: LivechatToken("token \(number)").digest) else { return false }
                #expect(login.user == id("u\(number)"))
                return true
            }
        }
        var before: [Int] = []
        for number in 0..<200 {
            cache.remember(login(number), with: LivechatToken("token \(number)").digest)
            let after = known()
            #expect(after.contains(number))
            #expect(Set(before).subtracting(after).count <= 1)
            before = after
        }
        #expect(before.count <= capacity)
        #expect(before.count >= capacity / 2)
    }

    private func login(_ number: Int) -> LoginCache.Login {
        LoginCache.Login(
            user: id("u\(number)"),
            key: Int64(number),
            token: LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0)),
            roles: [],
            stamp: 1,
            grantsStamp: 1
        )
    }

    @Test("With no capacity nothing is kept", arguments: [0, -1])
    func none(capacity: Int) throws {
        let cache = LoginCache(capacity: capacity)
        let digest = LivechatToken("token").digest
        cache.remember(login(1), with: digest)
        #expect(cache.login(with: digest)?.key == nil)
    }

    @Test("Of two users who have the same token the last is remembered")
    func sameToken() throws {
        let cache = LoginCache(capacity: 1_000)
        let digest = LivechatToken("token").digest
        for number in [1, 2, 1] {
            cache.remember(login(number), with: digest)
            #expect(cache.login(with: digest)?.user == id("u\(number)"))
        }
    }

    @Test("Roles that are granted something else while a login is remembered count as they are now (C5)")
    func grantsChange() async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        // One reader: the second question is the one from which it knows what the combination amounts to.
        let database = try temporary.open { $0.readers = 1 }
        let store = DryRunStore(database)
        for _ in 0..<2 { #expect(try await store.join("agent", "served") == .joined(.serving)) }
        try temporary.execute(
            "CREATE TABLE kept AS SELECT * FROM livechat_grant; DELETE FROM livechat_grant"
        )
        for _ in 0..<2 {
            #expect(try await store.join("agent", "served") == .refused(.lacksPermission(.notGranted)))
        }
        try temporary.execute("INSERT INTO livechat_grant SELECT * FROM kept")
        #expect(try await store.join("agent", "served") == .joined(.serving))
        await database.close()
    }
}

extension JoinDatabase {
    fileprivate func key(of user: String) async throws -> Int64 {
        try await change { session in try session.user(id(user)) }
    }

    fileprivate func stamp(ofUser key: Int64) async throws -> Int64 {
        try await writer.write { session in
            try session.connection.integer("SELECT login_stamp FROM livechat_user WHERE key = \(key)") ?? 0
        }
    }
}
