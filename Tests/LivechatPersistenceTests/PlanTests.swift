import LivechatSQLite
import Testing

@testable import LivechatPersistence

@Suite("Plans of the statements on the way of a join", .serialized)
struct PlanTests {
    /// The lines of a plan that are not a search by a key that is stored.
    private static func faults(in plan: [String]) -> [String] {
        plan.filter { line in
            // A heading; what is done under it stands in lines of its own.
            // The greatest rowid is the last.
            if line == "SEARCH livechat_event" { return false }
            let headings = ["SCALAR SUBQUERY ", "CORRELATED SCALAR SUBQUERY ", "REUSE SUBQUERY "]
            if headings.contains(where: line.hasPrefix) { return false }
            let keys = [
                "USING INTEGER PRIMARY KEY (", "USING PRIMARY KEY (", "INDEX sqlite_autoindex_",
                "INDEX livechat_room_by_id (id=?",
            ]
            return !line.hasPrefix("SEARCH ") || line.contains("AUTOMATIC") || !keys.contains { line.contains($0) }
        }
    }

    private static let statements =
        Lookups.SQL.all.map(\.description) + WriterSession.SQL.all.map(\.description)

    @Test("Each searches by key: no scan, no sorting", arguments: statements)
    func searches(_ statement: String) throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let connection = try temporary.connect(.readOnly)
        let plan = try connection.plan(of: statement)
        #expect(Self.faults(in: plan) == [])
        #expect(!plan.isEmpty || statement.hasPrefix("INSERT"))
    }

    @Test("What every decision asks of a room stands beside its id")
    func covered() throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let plan = try temporary.connect(.readOnly).plan(of: Lookups.SQL.room.description)
        #expect(plan.contains { $0.contains("COVERING INDEX livechat_room_by_id (id=?") })
    }

    @Test(
        "The check finds what it looks for",
        arguments: [
            "SELECT key FROM livechat_user WHERE username = ?1",
            "SELECT key FROM livechat_user WHERE id LIKE ?1",
            "SELECT role FROM livechat_user_role WHERE role = ?1",
            "SELECT 1 FROM livechat_membership WHERE user = ?1",
            "SELECT key FROM livechat_room WHERE served_by = ?1 ORDER BY visitor_token",
            "SELECT DISTINCT kind FROM livechat_room",
            "SELECT key FROM livechat_room WHERE id = (SELECT id FROM livechat_user WHERE username = ?1)",
            "SELECT user FROM livechat_membership WHERE room = ?1 ORDER BY joined_at",
            "SELECT a.user FROM livechat_user_role AS a JOIN livechat_membership AS b ON b.user = a.role WHERE a.user = ?1",
        ]
    )
    func finds(_ statement: String) throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        #expect(Self.faults(in: try temporary.connect(.readOnly).plan(of: statement)) != [])
    }

    @Test("Every index is used: each join writes what an index costs")
    func indexes() throws {
        let temporary = try TemporaryDatabase()
        _ = try JoinDatabase.migrate(path: temporary.path)
        let connection = try temporary.connect(.readOnly)
        // Administration and the fixture look these up by id, a user's tokens, and users by name; no join writes to their tables.
        let others =
            ["role", "permission", "department", "room"].map { "SELECT key FROM livechat_\($0) WHERE id = ?1" }
            + [
                "DELETE FROM livechat_login_token WHERE user = ?1",
                "SELECT id, active FROM livechat_user WHERE username = ?1 ORDER BY id",
            ]
        let plans = try (Self.statements + others).flatMap { try connection.plan(of: $0) }
        let indexes = try temporary.rows("SELECT name FROM sqlite_schema WHERE type = 'index'").map { $0[0] }
        #expect(!indexes.isEmpty)
        for index in indexes { #expect(plans.contains { $0.contains("INDEX \(index) ") }, "\(index)") }
    }
}
