#if PostgreSQL
import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatPostgreSQL

extension OnPostgreSQL {
    /// Every change that can turn "allowed" into "refused" waits for a join that has looked, made by any client
    /// (contract C7).
    @Suite("Locks of a join") struct LockTests {
        struct Change: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let room: String
            /// The lock that the change waits for.
            let lock: String
            let sql: String

            init(_ name: String, _ room: String, _ lock: String, _ sql: String) {
                testDescription = name
                self.room = room
                self.lock = lock
                self.sql = sql
            }
        }

        private static let agent = "(SELECT key FROM livechat_user WHERE id = 'agent')"
        private static let role = "(SELECT key FROM livechat_role WHERE id = 'livechat-agent')"
        private static let sing = "(SELECT key FROM livechat_permission WHERE id = 'sing')"
        private static func room(_ id: String) -> String { "(SELECT key FROM livechat_room WHERE id = '\(id)')" }

        private static let changes = [
            Change("a token deleted", "served", "user", #"DELETE FROM livechat_login_token WHERE "user" = \#(agent)"#),
            Change(
                "a token expired",
                "served",
                "user",
                #"UPDATE livechat_login_token SET expires_at = 1 WHERE "user" = \#(agent)"#
            ),
            Change(
                "a user deactivated",
                "served",
                "user",
                "UPDATE livechat_user SET active = false WHERE id = 'agent'"
            ),
            Change("a user removed", "served", "user", "DELETE FROM livechat_user WHERE id = 'agent'"),
            Change(
                "a role withdrawn",
                "served",
                "user",
                #"DELETE FROM livechat_user_role WHERE "user" = \#(agent)"#
            ),
            Change(
                "a role given, which may be a restricted one",
                "served",
                "user",
                #"INSERT INTO livechat_user_role SELECT \#(agent), key FROM livechat_role WHERE id = 'guest'"#
            ),
            Change(
                "an agent removed",
                "in-sales",
                "user",
                #"DELETE FROM livechat_department_agent WHERE "user" = \#(agent)"#
            ),
            Change("a grant revoked", "served", "setting", "DELETE FROM livechat_grant WHERE role = \(role)"),
            Change("all grants truncated", "served", "setting", "TRUNCATE livechat_grant"),
            Change("all tokens truncated", "served", "setting", "TRUNCATE livechat_login_token"),
            Change("all agents truncated", "in-sales", "setting", "TRUNCATE livechat_department_agent"),
            Change("all inquiries truncated", "public", "setting", "TRUNCATE livechat_inquiry"),
            Change(
                "a restriction",
                "served",
                "setting",
                "INSERT INTO livechat_restriction VALUES (\(role), \(sing))"
            ),
            Change("a role removed", "served", "setting", "DELETE FROM livechat_role WHERE id = 'livechat-agent'"),
            Change(
                "a permission removed",
                "served",
                "setting",
                "DELETE FROM livechat_permission WHERE id = 'view-l-room'"
            ),
            Change("the preview turned off", "public", "setting", "UPDATE livechat_setting SET preview_room = false"),
            Change(
                "the life of logins shortened",
                "served",
                "setting",
                "UPDATE livechat_setting SET login_expiration_days = 0.1"
            ),
            Change(
                "a department disabled",
                "in-sales",
                "setting",
                "UPDATE livechat_department SET enabled = false WHERE id = 'sales'"
            ),
            Change("a room closed", "served", "room", "UPDATE livechat_room SET open = false WHERE id = 'served'"),
            Change(
                "a room served by nobody",
                "served",
                "room",
                "UPDATE livechat_room SET served_by = NULL WHERE id = 'served'"
            ),
            Change(
                "an inquiry taken",
                "public",
                "room",
                "UPDATE livechat_inquiry SET status = 'taken' WHERE room = \(room("public"))"
            ),
            Change(
                "an inquiry removed",
                "public",
                "room",
                "DELETE FROM livechat_inquiry WHERE room = \(room("public"))"
            ),
            Change("a room removed", "public", "room", "DELETE FROM livechat_room WHERE id = 'public'"),
        ]

        @Test("A change waits until the join that has looked is committed", arguments: changes)
        func waits(_ change: Change) async throws {
            #expect(try await Self.error(of: change, without: nil)?.state == "55P03")
        }

        /// What the foreign keys of the membership and of the user's row hold fast in any case is not among these.
        private static let unguarded = changes.filter { change in
            !change.testDescription.hasSuffix("removed") || change.testDescription == "an inquiry removed"
                || change.testDescription == "an agent removed"
        }

        @Test("Without the lock the change goes ahead: this would be a stale answer", arguments: unguarded)
        func goesAhead(_ change: Change) async throws {
            #expect(try await Self.error(of: change, without: change.lock) == nil)
        }

        /// The role that is given restricts nobody here.
        private static let refusing = changes.filter { !$0.testDescription.hasPrefix("a role given") }

        @Test("A change between the two round trips is seen", arguments: refusing)
        func isSeen(_ change: Change) async throws {
            try await withDatabase(stores: 2) { stores, _ in
                let (store, changing) = (stores[0], stores[1])
                try await JoinStoreContract.furnish(store)
                let between = Between(store: store) {
                    try await changing.work.run { session in try session.run(script: change.sql) }
                }
                let service = JoinService(store: between, clock: JoinStoreContract.clock().wallClock)
                let outcome = try await service.join(JoinStoreContract.request("agent", change.room))
                guard case .refused = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(try await store.events(after: 0, kinds: [.joined]).isEmpty)
            }
        }

        /// Makes a change while a join has looked at everything and waits to write its event, which does not take the
        /// lock of one of its tables.
        private static func error(of change: Change, without lock: String?) async throws -> PostgreSQLError? {
            try await withDatabase(stores: 3, isNew: lock != nil) { stores, _ in
                let (store, holder, changing) = (stores[0], stores[1], stores[2])
                try await JoinStoreContract.furnish(store)
                if let lock {
                    try await changing.work.run { session in
                        let sql = "SELECT pg_get_functiondef('livechat_join'::regproc)"
                        let body = try #require(try session.query(sql).text(0, 0))
                        let (guarded, unguarded) =
                            switch lock {
                            case "setting": ("WHERE key = 1 FOR SHARE", "WHERE key = 1")
                            case "user": ("FOR SHARE OF person, room", "FOR SHARE OF room")
                            default: ("FOR SHARE OF person, room", "FOR SHARE OF person")
                            }
                        try #require(body.ranges(of: guarded).count == 1)
                        try session.run(script: body.replacing(guarded, with: unguarded))
                    }
                }
                // A client that appends an event waits for this.
                try await holder.work.run { session in
                    try session.run(script: "BEGIN; UPDATE livechat_event_log SET key = key")
                }
                let service = JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
                async let outcome = service.join(JoinStoreContract.request("agent", change.room))
                let error = try await changing.work.run { session -> PostgreSQLError? in
                    try Self.awaitWaiting(session)
                    try session.run(script: "SET lock_timeout = '100ms'")
                    do throws(PostgreSQLError) {
                        try session.run(script: change.sql)
                        return nil
                    } catch {
                        return error
                    }
                }
                try await holder.work.run { session in try session.run(script: "ROLLBACK") }
                guard case .joined = try await outcome else {
                    Issue.record("the join was not written")
                    return error
                }
                return error
            }
        }

        /// Returns once somebody waits for a lock in the database.
        private static func awaitWaiting(_ session: Session) throws {
            let waiting = """
                SELECT FROM pg_locks WHERE NOT granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                UNION ALL SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'
                    AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
                """
            while try session.query(waiting).count == 0 {}
        }

        @Test("Joins are written in one order, so that no two servers wait for each other")
        func oneOrder() async throws {
            try await withDatabase(stores: 3) { stores, _ in
                let (store, other, watcher) = (stores[0], stores[1], stores[2])
                try await JoinStoreContract.furnish(store)
                @Sendable func insert(_ order: String) -> String {
                    """
                    INSERT INTO livechat_membership (room, "user", joined_at)
                    SELECT key, \(Self.agent), 0 FROM livechat_room WHERE id IN ('served', 'public')
                    ORDER BY livechat_room.key \(order) LIMIT 1
                    """
                }
                try await other.work.run { session in
                    try session.run(script: "BEGIN; SET LOCAL lock_timeout = '500ms'; \(insert("ASC"))")
                }
                // The last room comes first.
                let call = """
                    SELECT array_agg(joined::int::bigint) FROM (
                        SELECT array_agg(room.id ORDER BY room_key DESC) AS ids,
                            array_agg(grants_stamp ORDER BY room_key DESC) AS stamps,
                            array_agg(user_key ORDER BY room_key DESC) AS user_keys,
                            array_agg(user_version ORDER BY room_key DESC) AS user_versions,
                            array_agg(room_key ORDER BY room_key DESC) AS room_keys,
                            array_agg(room_version ORDER BY room_key DESC) AS room_versions
                        FROM livechat_facts(
                            ARRAY['agent', 'agent'], ARRAY[NULL, NULL]::bytea[], ARRAY['served', 'public'],
                            ARRAY[8, 8]::bigint[]
                        ) JOIN livechat_room AS room ON room.key = room_key
                    ) AS facts, unnest(livechat_join(
                        ARRAY['agent', 'agent'], ids, stamps, user_keys, user_versions, room_keys, room_versions,
                        ARRAY[1, 1]::bigint[], ARRAY[NULL, NULL]::bigint[],
                        ARRAY[gen_random_uuid(), gen_random_uuid()]
                    )) AS joined
                    """
                async let joined = store.work.run { session in try session.query(call).integers(0, 0) }
                try await watcher.work.run { session in try Self.awaitWaiting(session) }
                try await other.work.run { session in try session.run(script: "\(insert("DESC")); ROLLBACK") }
                #expect(try await joined == [1, 1])
            }
        }

        @Test("An attempt whose answer was lost finds its own work, and writes no second event")
        func sameAttempt() async throws {
            try await withDatabase { stores, _ in
                let store = stores[0]
                try await JoinStoreContract.furnish(store)
                let call = """
                    SELECT array_agg(joined::int::bigint) FROM livechat_facts(
                        ARRAY['agent'], ARRAY[NULL::bytea], ARRAY['served'], ARRAY[8::bigint]
                    ), unnest(livechat_join(
                        ARRAY['agent'], ARRAY['served'], ARRAY[grants_stamp], ARRAY[user_key], ARRAY[user_version],
                        ARRAY[room_key], ARRAY[$1::bigint], ARRAY[1::bigint], ARRAY[NULL::bigint], $2::uuid[]
                    )) AS joined
                    """
                let version = "SELECT xmin::text::bigint FROM livechat_room WHERE id = 'served'"
                let answers = try await store.work.run { session in
                    let seen = try session.query(version).integer(0, 0)
                    let attempts = [[UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16)]
                    func ask(_ attempt: [UInt8]) throws -> Int64? {
                        try session.query(call, [.integer(seen), .uuids([attempt])]).integers(0, 0).first
                    }
                    let first = try ask(attempts[0])
                    try session.run(script: "UPDATE livechat_room SET open = false")
                    return [first, try ask(attempts[0]), try ask(attempts[1])]
                }
                #expect(answers == [1, 1, 0])
                #expect(try await store.events(after: 0, kinds: [.joined]).count == 1)
            }
        }
    }
}
#endif
