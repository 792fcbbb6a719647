#if PostgreSQL
import Foundation
import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatPostgreSQL

extension OnPostgreSQL {
    /// What the guide for operators says of rights, triggers and checks.
    @Suite("Operating on PostgreSQL") struct OperatingTests {
        /// The statements of the guide.
        private static func grants() throws -> String {
            let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
                .appendingPathComponent("Sources/LivechatPostgreSQL/LivechatPostgreSQL.docc/OperatingOnPostgreSQL.md")
            let lines = try String(contentsOf: guide, encoding: .utf8).split(separator: "\n")
            return lines.filter { $0.hasPrefix("GRANT ") }.joined(separator: "\n")
        }

        @Test("The rights that the guide lists are enough for a server, and not for a migration")
        func rights() async throws {
            try await withDatabase(isNew: true) { stores, address in
                try await stores[0].work.run { [grants = try Self.grants()] session in
                    try session.run(script: "DO $$ BEGIN CREATE ROLE chat LOGIN; EXCEPTION WHEN OTHERS THEN END $$")
                    try session.run(script: grants)
                }
                let own = address.replacing("postgres://postgres@", with: "postgres://chat@")
                var options = PostgreSQLJoinDatabase.Options()
                options.schema = .requireCurrent
                let store = try await PostgreSQLJoinDatabase(own, options: options)
                try await JoinStoreContract.furnish(store)
                let service = JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
                #expect(try await service.join(JoinStoreContract.request("agent", "served")) == .joined(.serving))
                try await store.load(fixture: Array(#"{"users":[{"id":"ann"}]}"#.utf8))
                try await store.pruneEvents(before: 2)
                try await store.checkHealth()
                await store.close()
                let checks = try await PostgreSQLJoinDatabase.check(own)
                #expect(checks.filter { !$0.holds }.map(\.description) == [])
            }
            let empty = try Cluster.current.address("template1", user: "chat")
            await #expect(throws: LivechatStoreError.self) { try await PostgreSQLJoinDatabase.migrate(empty) }
        }

        @Test("A check names a trigger that is off, roles that differ, and events that are missing")
        func checks() async throws {
            try await withDatabase(isNew: true) { stores, address in
                try await JoinStoreContract.furnish(stores[0])
                try await stores[0].work.run { session in
                    try session.run(
                        script: """
                            ALTER TABLE livechat_user_role DISABLE TRIGGER livechat_user_role_changed;
                            DELETE FROM livechat_user_role WHERE "user" = (SELECT min("user") FROM livechat_user_role);
                            DELETE FROM livechat_event WHERE sequence = 5;
                            """
                    )
                }
                let wrong = try await PostgreSQLJoinDatabase.check(address).filter { !$0.holds }
                #expect(wrong.map(\.subject) == ["triggers", "roles", "events"])
                #expect(wrong.first?.finding.contains("livechat_user_role_changed") == true)
            }
        }

        @Test("A host's trigger that raises fails its own join alone")
        func hostTrigger() async throws {
            try await withDatabase(isNew: true) { stores, _ in
                let store = stores[0]
                try await JoinStoreContract.furnish(store)
                try await store.work.run { session in
                    try session.run(
                        script: """
                            CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                            BEGIN RAISE EXCEPTION 'not this one'; END $$;
                            CREATE TRIGGER host BEFORE INSERT ON livechat_event FOR EACH ROW
                                WHEN (NEW."user" = 'second') EXECUTE FUNCTION public.refuse();
                            """
                    )
                }
                let service = JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
                let outcomes = await withTaskGroup(of: (String, Bool).self) { group in
                    for user in ["agent", "second"] {
                        for _ in 0..<8 {
                            group.addTask {
                                (user, (try? await service.join(JoinStoreContract.request(user, "public"))) != nil)
                            }
                        }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.filter { $0.1 != ($0.0 == "agent") }.map(\.0) == [])
                #expect(try await store.members(of: "public").map(\.user) == ["agent"])
                #expect(try await store.events(after: 0, kinds: [.joined]).count == 1)
            }
        }

        @Test(
            "What a row of the host's refers to is not removed, and the error says what to do",
            arguments: ["", "ON DELETE RESTRICT"]
        )
        func referredTo(_ action: String) async throws {
            try await withDatabase(isNew: true) { stores, _ in
                let store = stores[0]
                for user: LivechatUserID in ["ann", "bob"] { try await store.addUser(LivechatUser(id: user)) }
                try await store.work.run { session in
                    try session.run(
                        script: """
                            CREATE TABLE host_note ("user" bigint REFERENCES livechat_user (key) \(action));
                            INSERT INTO host_note SELECT key FROM livechat_user WHERE id = 'ann';
                            """
                    )
                }
                let error = await #expect(throws: LivechatStoreError.self) { try await store.removeUser("ann") }
                #expect(error?.code == .inUse)
                #expect(error?.description.contains("host_note") == true)
                #expect(error?.description.hasSuffix("its foreign key ON DELETE CASCADE or SET NULL") == true)
                try await store.removeUser("bob")
                try await store.work.run { session in try session.run(script: "DROP TABLE host_note") }
                try await store.removeUser("ann")
            }
        }

        @Test("Several programs that migrate at once make one schema")
        func migrations() async throws {
            let cluster = try Cluster.current
            try cluster.sql("CREATE DATABASE migrated")
            let address = cluster.address("migrated")
            let names = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 { group.addTask { try await PostgreSQLJoinDatabase.migrate(address) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(
                names.sorted() == [
                    "0001_postgresql_schema.sql", "0002_lease.sql", "0003_username_index.sql", "0004_row_versions.sql",
                ]
            )
            let store = try await PostgreSQLJoinDatabase(address)
            #expect(try await store.roles(.all).count == 13)
            await store.close()
            for (sql, code) in [
                ("UPDATE livechat.livechat_migration SET checksum = 'x'", LivechatStoreError.Code.schemaChanged),
                (
                    "INSERT INTO livechat.livechat_migration SELECT count(*) + 1, 'later', 'x', 0 FROM livechat.livechat_migration",
                    .schemaChanged
                ),
                (
                    "UPDATE livechat.livechat_migration AS mine SET checksum = saved.checksum FROM saved WHERE saved.version = mine.version",
                    .schemaNewer
                ),
            ] {
                if code == .schemaChanged, sql.hasPrefix("UPDATE") {
                    try cluster.sql(
                        "CREATE TABLE saved AS SELECT version, checksum FROM livechat.livechat_migration",
                        in: "migrated"
                    )
                }
                try cluster.sql(sql.replacing("FROM saved", with: "FROM public.saved"), in: "migrated")
                do throws(LivechatStoreError) {
                    _ = try await PostgreSQLJoinDatabase(address)
                    Issue.record("opened after \(sql)")
                } catch {
                    #expect(error.code == code, "\(error)")
                }
            }
        }
    }
}
#endif
