#if PostgreSQL
import Foundation
import LivechatJoin
import LivechatJoinTesting
import ServerTesting
import Synchronization
import Testing

@testable import LivechatPostgreSQL

/// A primary whose commits wait for a standby, and what becomes of both in a failover (contract C2, C5, C18).
@Suite("A synchronous standby") struct StandbyTests {
    /// Runs a test on two servers of its own, with a furnished store on the primary and "agent" a member of "served".
    private static func with(
        _ body: (_ primary: Cluster, _ standby: Cluster, PostgreSQLJoinDatabase) async throws -> Void
    ) async throws {
        try await Gate.servers.inside {
            let primary = try Cluster(Cluster.replicating)
            defer { primary.remove() }
            _ = try await PostgreSQLJoinDatabase.migrate(primary.address("empty"), withDefaultGrants: false)
            let standby = try Cluster(following: primary)
            defer { standby.remove() }
            try primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            try primary.sql("SELECT pg_reload_conf()")
            let session = try primary.session()
            while try session.query("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'").count == 0 {}
            let store = try await Self.open(primary)
            try await JoinStoreContract.furnish(store)
            #expect(try await Self.outcome(store) == .joined(.serving))
            let result: Swift.Result<Void, any Error>
            do { result = .success(try await body(primary, standby, store)) } catch { result = .failure(error) }
            await store.close()
            try result.get()
        }
    }

    private static func open(_ clusters: Cluster...) async throws -> PostgreSQLJoinDatabase {
        var options = PostgreSQLJoinDatabase.Options()
        options.patience = .seconds(10)
        let hosts = clusters.map { $0.folder.replacingOccurrences(of: "/", with: "%2F") }.joined(separator: ",")
        return try await PostgreSQLJoinDatabase("postgres://postgres@\(hosts)/empty", options: options)
    }

    private static func outcome(
        _ store: any JoinStore,
        _ room: String = "served"
    ) async throws(JoinFailure) -> JoinOutcome {
        try await JoinService(store: store, clock: JoinStoreContract.clock().wallClock)
            .join(JoinStoreContract.request("agent", room))
    }

    @Test("A deposed primary that goes on running answers nobody, and the new one is found beside it")
    func deposed() async throws {
        try await Self.with { primary, standby, store in
            let both = try await Self.open(primary, standby)
            #expect(try await Self.outcome(both) == .alreadyMember)
            try standby.promote()
            let successor = try await Self.open(standby)
            try await successor.setUser("agent", isActive: false)
            await #expect(throws: JoinFailure.self) { try await Self.outcome(store) }
            await #expect(throws: LivechatStoreError.self) { try await store.user("agent") }
            while true {
                do throws(JoinFailure) {
                    let outcome = try await Self.outcome(both)
                    #expect(outcome.step == .authenticate)
                    break
                } catch {}
            }
            #expect(try await both.user("agent")?.isActive == false)
            await both.close()
            await successor.close()
        }
    }

    @Test("The first change on a new timeline waits until no old lease can be left")
    func firstChange() async throws {
        try await Self.with { _, standby, _ in
            try standby.promote()
            let session = try standby.session("empty")
            let timelines = "SELECT id, livechat.livechat_current_timeline() FROM livechat.livechat_timeline"
            let before = try session.query(timelines)
            #expect(before.integer(0, 0) != before.integer(0, 1))
            let successor = try await Self.open(standby)
            let began = ContinuousClock.now
            try await successor.closeRoom("served")
            #expect(.now - began >= .seconds(1), "a lower bound, which no slow machine can miss")
            let after = try session.query(timelines)
            #expect(after.integer(0, 0) == after.integer(0, 1))
            await successor.close()
        }
    }

    @Test("A join that no standby has confirmed is not acknowledged, and is written once")
    func unconfirmed() async throws {
        try await Self.with { primary, standby, store in
            let (watcher, holder) = (try primary.session(), try primary.session("empty"))
            try holder.run(script: "BEGIN; UPDATE livechat.livechat_event_log SET key = key")
            let isDone = Atomic(false)
            async let outcome = {
                defer { isDone.store(true, ordering: .relaxed) }
                return try await Self.outcome(store, "public")
            }()
            let joins = """
                SELECT pid::bigint FROM pg_stat_activity
                WHERE query LIKE '%livechat_join(%' AND pid <> pg_backend_pid()
                """
            while try watcher.query(joins + " AND wait_event_type = 'Lock'").count == 0 {}
            let follower = try standby.session("empty?target_session_attrs=any")
            let receiver = try Self.row(follower, "SELECT pid::bigint FROM pg_stat_wal_receiver")
            kill(Int32(receiver), SIGSTOP)
            defer { kill(Int32(receiver), SIGCONT) }
            try holder.run(script: "ROLLBACK")
            // It is committed here, and the wait for the standby is broken off.
            let waiting = try Self.row(watcher, joins + " AND wait_event = 'SyncRep'")
            try watcher.query("SELECT pg_cancel_backend($1::bigint::int)", [.integer(waiting)])
            // The next one to wait is the join's second attempt, or the proof before it.
            let others = "SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid <> $1"
            while try watcher.query(others, [.integer(waiting)]).count == 0, !isDone.load(ordering: .relaxed) {}
            let isAcknowledged = isDone.load(ordering: .relaxed)
            #expect(!isAcknowledged, "a failover would take it back")
            kill(Int32(receiver), SIGCONT)
            #expect(try await outcome == .joined(.queuedInPublic))
            #expect(try await store.events(after: 0, kinds: [.joined]).count == 2)
        }
    }

    /// The number that a query finds as soon as it finds one.
    private static func row(_ session: Session, _ sql: String) throws -> Int64 {
        while true {
            let rows = try session.query(sql)
            if rows.count > 0, let number = rows.integer(0, 0) { return number }
        }
    }
}
#endif
