#if PostgreSQL
public import LivechatFixture
internal import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Looks a database over, on one snapshot and without writing: its schema with the triggers that the store relies
    /// on, what is kept twice, the settings and the event log.
    ///
    /// Pages and indexes are PostgreSQL's to check, with `pg_amcheck` and data checksums.
    ///
    /// - Parameter address: The database.
    /// - Returns: What was looked at, each with what to do where something is wrong.
    /// - Throws: `LivechatStoreError` when it cannot be reached.
    public static func check(_ address: String) async throws(LivechatStoreError) -> [DatabaseCheck] {
        let address = try Address(address)
        do {
            return try await bulk(address) { session in
                try session.snapshot {
                    try DatabaseChecker(session: session, address: address).run()
                }
            }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }
}

/// Looks a database over.
private struct DatabaseChecker {
    let session: Session
    let address: Address

    private static let restore = "restore a backup, or put it right by hand"

    func run() throws -> [DatabaseCheck] {
        let version = try session.query(
            "SELECT current_setting('server_version'), current_setting('synchronous_commit')"
        )
        let server = DatabaseCheck("PostgreSQL", version.text(0, 0) ?? "")
        let schema: DatabaseCheck
        do {
            try Migrator(address: address, clock: .system).requireCurrent(session)
            schema = DatabaseCheck("schema", "as this program makes it, version \(Migrator.newest)")
        } catch let error as LivechatStoreError {
            return [server, DatabaseCheck("schema", "not this program's", remedy: error.description)]
        }
        return [server, schema, try triggers(), try roles(), try settings(), try events()]
    }

    /// A trigger that is gone or turned off would let a revoked grant or token go on working.
    private func triggers() throws -> DatabaseCheck {
        let rows = try session.query(
            """
            SELECT expected FROM unnest($1::text[]) AS expected
            WHERE NOT EXISTS (
                SELECT FROM pg_trigger AS found JOIN pg_class AS relation ON relation.oid = found.tgrelid
                JOIN pg_namespace AS space ON space.oid = relation.relnamespace
                WHERE space.nspname = 'livechat' AND found.tgenabled IN ('O', 'A')
                    AND relation.relname || ' ' || found.tgname = expected
            )
            """,
            [.texts(Self.triggers)]
        )
        if rows.count == 0 { return DatabaseCheck("triggers", "all there") }
        let missing = (0..<rows.count).compactMap { rows.text($0, 0) }.joined(separator: ", ")
        return DatabaseCheck(
            "triggers",
            "missing or turned off: \(missing)",
            remedy: "make them again as in the migration; until then a change of what they watch may be overlooked"
        )
    }

    private static let triggers = [
        "role role_changed", "permission permission_changed", "grant grant_changed", "restriction restriction_changed",
        "grant grant_truncated", "restriction restriction_truncated", "setting setting_changed",
        "user_role user_role_changed", "user_role user_role_truncated", "department department_changed",
        "login_token login_token_changed", "department_agent department_agent_changed", "inquiry inquiry_changed",
        "login_token login_token_truncated", "department_agent department_agent_truncated", "inquiry inquiry_truncated",
        "role role_removal", "setting setting_awaits", "role role_awaits", "permission permission_awaits",
        "grant grant_awaits", "restriction restriction_awaits", "user user_awaits", "user_role user_role_awaits",
        "login_token login_token_awaits", "department department_awaits", "department_agent department_agent_awaits",
        "room room_awaits", "inquiry inquiry_awaits", "membership membership_awaits",
        "membership_role membership_role_awaits",
    ].map { $0.split(separator: " ").map { "livechat_\($0)" }.joined(separator: " ") }

    /// The roles in a user's row against the table of what was given.
    private func roles() throws -> DatabaseCheck {
        let rows = try session.query(
            """
            SELECT count(*) FROM livechat_user AS person
            WHERE ARRAY(SELECT unnest(person.roles) ORDER BY 1)
                <> ARRAY(SELECT given.role FROM livechat_user_role AS given
                    WHERE given."user" = person.key ORDER BY given.role)
            """
        )
        let count = rows.integer(0, 0) ?? 0
        if count == 0 { return DatabaseCheck("roles", "every user's row has the roles that were given") }
        return DatabaseCheck(
            "roles",
            "\(count) users' rows have other roles than livechat_user_role",
            remedy: "the triggers were off for a while: update livechat_user.roles from that table"
        )
    }

    private func settings() throws -> DatabaseCheck {
        if try session.query("SELECT FROM livechat_setting WHERE key = 1").count == 1 {
            return DatabaseCheck("settings", "there")
        }
        return DatabaseCheck("settings", "the row of settings is missing, so nobody can join", remedy: Self.restore)
    }

    /// No event is missing between the oldest and the newest.
    private func events() throws -> DatabaseCheck {
        let rows = try session.query(
            """
            SELECT count(*), min(sequence), max(sequence), (SELECT last FROM livechat_event_log),
                (SELECT removed FROM livechat_event_log),
                count(*) FILTER (WHERE kind = 'joined' AND (room IS NULL OR "user" IS NULL))
            FROM livechat_event
            """
        )
        guard let count = rows.integer(0, 0), let last = rows.integer(0, 3), let removed = rows.integer(0, 4) else {
            return DatabaseCheck("events", "the row of livechat_event_log is missing", remedy: Self.restore)
        }
        if let strange = rows.integer(0, 5), strange > 0 {
            return DatabaseCheck("events", "a join without its room or user: \(strange)", remedy: Self.restore)
        }
        guard count > 0, let first = rows.integer(0, 1), let newest = rows.integer(0, 2) else {
            if last == removed { return DatabaseCheck("events", "none") }
            return DatabaseCheck("events", "missing: \(last - removed)", remedy: Self.restore)
        }
        let missing = max(last, newest) - max(removed, 0) - count
        if missing != 0 || first != removed + 1 {
            return DatabaseCheck(
                "events",
                "\(count), numbered \(first) to \(newest), where \(removed + 1) to \(last) should be",
                remedy: "if nobody removed them on purpose, \(Self.restore); only the oldest may be removed"
            )
        }
        return DatabaseCheck("events", "\(count), numbered \(first) to \(last) without a gap")
    }
}
#endif
