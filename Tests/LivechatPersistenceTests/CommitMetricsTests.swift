#if Observability
import CoreMetrics
import LivechatJoin
import LivechatJoinTesting
import LivechatSQLite
import MetricsTestKit
import Testing

@testable import LivechatPersistence

@Suite("C16: what the store tells of its writes")
struct CommitMetricsTests {
    @Test("A join has a commit, of one join, and a log; nothing is left in the queue")
    func join() async throws {
        let metrics = TestMetrics()
        let temporary = try TemporaryDatabase()
        let database = try await withMetricsFactory(metrics) { try await temporary.openWorld() }
        #expect(try await database.join("agent", "served") == .joined(.serving))
        #expect(try await database.join("agent", "served") == .alreadyMember)
        try await database.closeRoom("served")
        // Closing waits for what the writer records after its answer.
        await database.close()
        // The second is a member's, which commits nothing.
        let commits = try metrics.expectTimer("livechat_join_commit_seconds").values
        #expect(commits.count == 2 && commits.allSatisfy { $0 > 0 }, "\(commits)")
        let joins = try metrics.expectRecorder("livechat_join_commit_joins")
        #expect(joins.values == [1])
        #expect(joins.aggregate)
        // The next write may come before the writer has said that the one before it is answered.
        let queue = try metrics.expectMeter("livechat_join_queue_length").values
        #expect(queue.count == 4 && queue.first == 1 && queue.last == 0, "\(queue)")
        let log = try metrics.expectMeter("livechat_join_log_bytes").values
        #expect(log.count == 2 && log.allSatisfy { $0 > 4_096 }, "\(log)")
    }

    @Test("Writes that gather behind another one are in the queue, and share a commit")
    func shared() async throws {
        let metrics = TestMetrics()
        let temporary = try TemporaryDatabase()
        let database = try await withMetricsFactory(metrics) { try await temporary.openWorld() }
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let (goes, go) = AsyncStream.makeStream(of: Void.self)
        let held = Task {
            try await database.writer.write { _ in
                ask.yield()
                // The writer's thread is held until both have come; a queue that does not say so must not hold it for ever.
                let end = ContinuousClock.now + .seconds(30)
                while (try? metrics.expectMeter("livechat_join_queue_length").lastValue) != 3, .now < end {}
                go.yield()
            }
        }
        for await _ in asked { break }
        async let first = database.writer.write(isJoin: true) { _ in }
        async let second = database.writer.write(isJoin: true) { _ in }
        for await _ in goes { break }
        _ = try await (first, second, held.value)
        await database.close()
        #expect(try metrics.expectRecorder("livechat_join_commit_joins").values == [2])
        #expect(try metrics.expectMeter("livechat_join_queue_length").lastValue == 0)
    }

    @Test("A write that fails is no commit")
    func failed() async throws {
        struct Oops: Error {}
        let metrics = TestMetrics()
        let temporary = try TemporaryDatabase()
        let database = try await withMetricsFactory(metrics) { try await temporary.openWorld() }
        try await database.writer.write { try $0.connection.execute("CREATE TEMP TABLE one (x CHECK (x < 1))") }
        await #expect(throws: LivechatStoreError.self) {
            try await database.writer.write(isJoin: true) { try $0.connection.execute("INSERT INTO one VALUES (2)") }
        }
        await database.close()
        #expect(try metrics.expectRecorder("livechat_join_commit_joins").values.isEmpty)
    }
}
#endif
