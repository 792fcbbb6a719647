import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("Roles and grants of a new database (C5)", .serialized)
struct DefaultGrantTests {
    private struct Defaults: Decodable {
        struct Role: Decodable { let id, scope, description: String }
        struct Permission: Decodable {
            let id: String
            let roles: [String]
        }
        let roles: [Role]
        let permissions: [Permission]
    }

    @Test("They are exactly those of default-grants.json")
    func exact() throws {
        let defaults = try JSONDecoder().decode(Defaults.self, from: Data(InMemoryJoinStore.defaultGrants))
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let roles = defaults.roles.map { [$0.id, $0.scope, $0.description] }
        #expect(try temporary.rows("SELECT id, scope, description FROM livechat_role ORDER BY key") == roles)
        let permissions = defaults.permissions.map { [$0.id] }
        #expect(try temporary.rows("SELECT id FROM livechat_permission ORDER BY key") == permissions)
        #expect(LivechatPermissionID.defaults.map { [$0.string] } == permissions)
        let grants = defaults.permissions.flatMap { permission in permission.roles.map { [permission.id, $0] } }
        #expect(grants.count > 100)
        let stored = try temporary.rows(
            """
            SELECT permission.id, role.id FROM livechat_grant AS granted
            JOIN livechat_permission AS permission ON permission.key = granted.permission
            JOIN livechat_role AS role ON role.key = granted.role
            """
        )
        #expect(Set(stored) == Set(grants))
        #expect(stored.count == grants.count)
        #expect(try temporary.rows("SELECT role FROM livechat_restriction") == [])
    }

    @Test("What an operator has changed is never put back")
    func kept() async throws {
        let temporary = try TemporaryDatabase()
        let first = try temporary.open()
        let before = try await first.dumpLines()
        try await first.revoke(id("view-l-room"), from: [id("livechat-agent")])
        try await first.restrict(id("guest"), to: [id("view-joined-room")])
        let changed = try await first.dumpLines()
        #expect(changed != before)
        await first.close()
        #expect(try JoinDatabase.migrate(path: temporary.path) == [])
        let second = try temporary.open()
        #expect(try await second.dumpLines() == changed)
        await second.close()
    }
}
