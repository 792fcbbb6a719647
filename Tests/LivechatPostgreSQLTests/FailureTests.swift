#if PostgreSQL
import Foundation
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import Synchronization
import Testing

@testable import LivechatPostgreSQL

/// What happens to a server of the test's own (contract C2, C18).
@Suite("Failures of a server") struct FailureTests {
    /// Runs a test on a server of its own, with a furnished store.
    private static func with(
        patience: Duration = .seconds(5),
        _ body: (Cluster, PostgreSQLJoinDatabase) async throws -> Void
    ) async throws {
        try await Gate.servers.inside {
            let cluster = try Cluster()
            defer { cluster.remove() }
            _ = try await PostgreSQLJoinDatabase.migrate(cluster.address("empty"), withDefaultGrants: false)
            var options = PostgreSQLJoinDatabase.Options()
            options.patience = patience
            let store = try await PostgreSQLJoinDatabase(cluster.address("empty"), options: options)
            try await JoinStoreContract.furnish(store)
            let result: Swift.Result<Void, any Error>
            do { result = .success(try await body(cluster, store)) } catch { result = .failure(error) }
            await store.close()
            try result.get()
        }
    }

    private final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }

    private static func service(_ store: any JoinStore) -> JoinService {
        JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
    }

    /// What a join fails with; nil when it is answered.
    private static func failure(_ store: any JoinStore, _ room: String = "served") async -> JoinFailure.Code? {
        do throws(JoinFailure) {
            _ = try await service(store).join(JoinStoreContract.request("agent", room))
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A server that is stopped is 503, and used again when it is back", arguments: ["fast", "immediate"])
    func stopped(_ mode: String) async throws {
        try await Self.with { cluster, store in
            #expect(await Self.failure(store) == nil)
            try cluster.stop(mode)
            #expect(await Self.failure(store, "public") == .storeUnavailable)
            await #expect(throws: LivechatStoreError.self) { try await store.checkHealth() }
            try cluster.start()
            // The pause after the last failure has to pass.
            while await Self.failure(store, "public") != nil {}
            #expect(try await store.isMember("agent", of: "public"))
            try await store.closeRoom("public")
            try await store.checkHealth()
        }
    }

    @Test("A server that hangs is 503 in time, and used again when it goes on")
    func paused() async throws {
        try await Self.with(patience: .seconds(1)) { cluster, store in
            // A busy machine may be out of this patience, too.
            while await Self.failure(store) != nil {}
            let backends = try cluster.backends(of: "empty")
            for pid in backends { kill(pid, SIGSTOP) }
            let failure = await Self.failure(store, "public")
            for pid in backends { kill(pid, SIGCONT) }
            #expect(failure == .storeUnavailable)
            while await Self.failure(store, "public") != nil {}
            #expect(try await store.isMember("agent", of: "public"))
        }
    }

    @Test("A server that only reads decides and joins nobody")
    func readOnly() async throws {
        try await Self.with { cluster, store in
            try cluster.sql("ALTER DATABASE empty SET default_transaction_read_only = on")
            for pid in try cluster.backends(of: "empty") { kill(pid, SIGTERM) }
            #expect(await Self.failure(store) != nil)
            try cluster.sql("ALTER DATABASE empty RESET default_transaction_read_only")
            for pid in try cluster.backends(of: "empty") { kill(pid, SIGTERM) }
            while await Self.failure(store) != nil {}
            #expect(try await store.isMember("agent", of: "served"))
        }
    }

    @Test("A connection that is lost during a join is made again, and the join is written once")
    func connectionLost() async throws {
        try await Self.with { cluster, store in
            let holder = try await PostgreSQLJoinDatabase(cluster.address("empty"))
            try await holder.work.run { session in
                try session.run(script: "BEGIN; UPDATE livechat_event_log SET key = key")
            }
            async let outcome = Self.service(store).join(JoinStoreContract.request("agent", "served"))
            try await holder.work.run { session in
                let terminate = """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """
                while try session.query(terminate).count == 0 {
                    try session.run(script: "SELECT pg_stat_clear_snapshot()")
                }
                try session.run(script: "ROLLBACK")
            }
            #expect(try await outcome == .joined(.serving))
            #expect(try await store.events(after: 0, kinds: [.joined]).count == 1)
            await holder.close()
        }
    }

    @Test("What was acknowledged before a crash is there after it, once, and nothing else")
    func crash() async throws {
        try await Self.with { cluster, store in
            let users: [LivechatUserID] = (0..<200).map { LivechatUserID(stringLiteral: "v\($0)") }
            for user in users {
                try await store.addUser(LivechatUser(id: user), roles: ["livechat-agent"])
            }
            let acknowledged = Counter()
            await withTaskGroup(of: Void.self) { group in
                for user in users {
                    group.addTask {
                        let request = JoinRequest(.verified(user), roomID: .value("public"))
                        while true {
                            do {
                                _ = try await Self.service(store).join(request)
                                acknowledged.count.add(1, ordering: .relaxed)
                                return
                            } catch {}
                        }
                    }
                }
                group.addTask {
                    while acknowledged.count.load(ordering: .relaxed) < 20 { await Task.yield() }
                    do {
                        try cluster.stop("immediate")
                        try cluster.start()
                    } catch {
                        Issue.record(error)
                    }
                }
            }
            let members = try await store.members(of: "public").map(\.user)
            #expect(Set(members) == Set(users))
            let joins = try await store.events(after: 0, limit: 10_000, kinds: [.joined])
            #expect(joins.count == users.count, "one event for each")
            #expect(Set(joins.map(\.userID)) == Set(users))
        }
    }

    @Test("No password stands in an error, and a string that cannot be read is not repeated")
    func secrets() async throws {
        for address in [
            "postgres://ann:secret@127.0.0.1:1/db", "postgres://ann:secret@127.0.0.1:1/db?nonsense=1",
            "postgres://ann:secret@[::1/db", "host=127.0.0.1 port=1 user=ann password=secret dbname=db",
            "postgres://ann:secret\0@127.0.0.1:1/db",
        ] {
            do throws(LivechatStoreError) {
                _ = try await PostgreSQLJoinDatabase(address)
                Issue.record("\(address) was opened")
            } catch {
                #expect(!"\(error)".contains("secret"), "\(error)")
            }
        }
    }
}

extension Gate {
    static let servers = Gate(places: 1)
}

extension Cluster {
    /// The processes that serve the connections to a database.
    func backends(of database: String) throws -> [Int32] {
        let rows = try session().query("SELECT pid::bigint FROM pg_stat_activity WHERE datname = $1", [.text(database)])
        return (0..<rows.count).compactMap { rows.integer($0, 0).map(Int32.init) }
    }
}
#endif
