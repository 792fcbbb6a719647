import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("No stale answer (C5)", .serialized)
struct FreshnessTests {
    @Test(
        "A reference that leads nowhere is an error and lets nobody in: what is gone may have been a restriction",
        arguments: [
            // The triggers refuse to remove either; REPLACE removes in silence.
            "REPLACE INTO livechat_role (id) VALUES ('night')",
            "REPLACE INTO livechat_permission (id) VALUES ('sing')",
        ]
    )
    func dangling(_ script: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        try temporary.execute(
            """
            INSERT INTO livechat_user_role SELECT user.key, role.key
            FROM livechat_user AS user, livechat_role AS role WHERE user.id = 'second' AND role.id = 'night';
            INSERT INTO livechat_restriction SELECT role.key, permission.key
            FROM livechat_role AS role, livechat_permission AS permission
            WHERE role.id = 'night' AND permission.id = 'sing'
            """
        )
        let store = DryRunStore(database)
        #expect(try await store.join("second", "public") == .refused(.lacksPermission(.restricted(by: id("night")))))
        try temporary.execute("PRAGMA foreign_keys = OFF; \(script)")
        await #expect(throws: JoinFailure.self) { try await store.join("second", "public") }
        await database.close()
    }

    @Test("An inquiry whose department was replaced waits in no public queue, and cannot be dumped")
    func danglingDepartment() async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRunStore(database)
        #expect(try await store.join("second", "in-sales") == .refused(.noAccess()))
        // REPLACE fires no DELETE trigger, and the row gets a new key.
        try temporary.execute(
            "PRAGMA foreign_keys = OFF; REPLACE INTO livechat_department (id, enabled) VALUES ('sales', 0)"
        )
        #expect(try await store.join("second", "in-sales") == .refused(.noAccess()))
        #expect(try await store.join("agent", "in-sales") == .refused(.noAccess()))
        await #expect(throws: LivechatStoreError.self) { _ = try await database.dump() }
        await database.close()
    }

    @Test(
        "What an operator changes by hand is seen at once",
        arguments: [
            "DELETE FROM livechat_grant",
            "DELETE FROM livechat_grant WHERE permission = (SELECT key FROM livechat_permission WHERE id = 'view-l-room')",
            "UPDATE livechat_grant SET role = (SELECT key FROM livechat_role WHERE id = 'night') "
                + "WHERE permission = (SELECT key FROM livechat_permission WHERE id = 'view-l-room') "
                + "AND role = (SELECT key FROM livechat_role WHERE id = 'livechat-agent')",
            "UPDATE livechat_permission SET id = 'gone' WHERE id = 'view-l-room'",
            "PRAGMA foreign_keys = ON; DELETE FROM livechat_permission WHERE id = 'view-l-room'",
            "INSERT INTO livechat_restriction SELECT role.key, permission.key "
                + "FROM livechat_role AS role, livechat_permission AS permission "
                + "WHERE role.id = 'livechat-agent' AND permission.id = 'sing'",
            "DELETE FROM livechat_user_role",
        ]
    )
    func byHand(_ script: String) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let store = DryRunStore(database)
        #expect(try await store.join("agent", "served") == .joined(.serving))
        #expect(try await database.join("agent", "public") == .joined(.queuedInPublic))
        try temporary.execute(script)
        guard case .refused(.lacksPermission) = try await store.join("agent", "served") else {
            Issue.record("the reader served what it had resolved before")
            return
        }
        let late = InterposedJoinStore(database)
        guard case .refused(.lacksPermission) = try await late.join("agent", "served") else {
            Issue.record("the writer served what it had resolved before")
            return
        }
        await database.close()
    }

    private struct TakenBack: Error {}

    @Test("What was resolved under a change that was rolled back is not served", arguments: [true, false])
    func rolledBack(revokes: Bool) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let (user, room) = revokes ? ("agent", "served") : ("trainee", "served-by-trainee")
        let held = try await DryRunStore(database).join(user, room)
        await #expect(throws: TakenBack.self) {
            try await database.writer.write { session in
                let holds = {
                    try session.lookups.permissions(of: id(user), in: nil).holds(.viewLivechatRoom)
                }
                #expect(try holds() == revokes)
                session.lookups.forget()
                if revokes {
                    try session.connection.execute("DELETE FROM livechat_grant")
                } else {
                    try session.connection.execute(
                        """
                        INSERT INTO livechat_grant SELECT permission.key, role.key
                        FROM livechat_permission AS permission, livechat_role AS role
                        WHERE permission.id = 'view-l-room' AND role.id = 'trainee'
                        """
                    )
                }
                #expect(try holds() != revokes)
                throw TakenBack()
            }
        }
        #expect(try await DryRunStore(database).join(user, room) == held)
        let verdict = try await database.writer.write { session in
            try session.lookups.permissions(of: id(user), in: nil).holds(.viewLivechatRoom)
        }
        #expect(verdict == revokes)
        await database.close()
    }
}
