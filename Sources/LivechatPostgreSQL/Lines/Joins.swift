#if PostgreSQL
internal import LivechatJoin
internal import Synchronization

/// A join that was allowed, to be written if nothing has moved.
struct PendingJoin: Sendable {
    let admission: JoinAdmission
    /// What it was decided on.
    let versions: Facts.Versions
    /// When its token expires, by the clock of this process; nil when it never does.
    let validUntil: ContinuousClock.Instant?
    /// The same for every attempt to write it: one whose answer was lost finds its own work by it.
    let attempt: Value.UUIDBytes
}

/// Writes joins over one connection: all that wait share one commit, and while it is flushed the next gather.
final class Joins: Sendable {
    private struct Job: Sendable {
        let join: PendingJoin
        let deadline: ContinuousClock.Instant
        let answer: CheckedContinuation<Bool, any Error>
    }

    private struct Waiting {
        var jobs: [Job] = []
        var isDraining = false
        var isClosed = false
    }

    private let address: Address
    private let line: Line
    private let waiting = Mutex(Waiting())
    private let metrics: CommitMetrics? = CommitMetrics(hasLog: false)

    /// The most joins in one commit, and the most that wait.
    private static let (mostAtOnce, mostWaiting) = (128, 4_096)

    init(_ address: Address, patience: Duration, _ durability: PostgreSQLJoinDatabase.Options.Durability) {
        self.address = address
        line = Line(address, .joins(patience, durability))
    }

    /// Writes a join in the next commit.
    ///
    /// - Returns: Whether it is written; if not, something has changed or is being changed: it is to be decided again.
    /// - Throws: `PostgreSQLError` when it was not written, or nobody can tell.
    func write(_ join: PendingJoin, until deadline: ContinuousClock.Instant) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(join: join, deadline: deadline, answer: continuation)
            let (refusal, startsDraining) = waiting.withLock { waiting -> (LivechatStoreError?, Bool) in
                if waiting.isClosed { return (.closed(address), false) }
                if waiting.jobs.count >= Self.mostWaiting { return (.overloaded(address), false) }
                waiting.jobs.append(job)
                defer { waiting.isDraining = true }
                return (nil, !waiting.isDraining)
            }
            if let refusal { return continuation.resume(throwing: refusal) }
            metrics?.queued()
            if startsDraining { line.start { self.drain() } }
        }
    }

    private func drain() {
        while true {
            let batch = waiting.withLock { waiting in
                let batch = Array(waiting.jobs.prefix(Self.mostAtOnce))
                waiting.jobs.removeFirst(batch.count)
                if batch.isEmpty { waiting.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch)
            metrics?.answered(batch.count)
        }
    }

    private func commit(_ batch: [Job]) {
        let now = ContinuousClock.now
        for job in batch where job.deadline <= now { job.answer.resume(throwing: PostgreSQLError.tooLate) }
        let batch = batch.filter { $0.deadline > now }
        // A late one must not end the connection of the others.
        guard let deadline = batch.map(\.deadline).max() else { return }
        do {
            let outcomes = try line.withSession(until: deadline) { session in
                try Self.write(batch.map(\.join), session, until: deadline)
            }
            metrics?.committed(joins: outcomes.count { $0 }, since: now)
            for (job, outcome) in zip(batch, outcomes) { job.answer.resume(returning: outcome) }
        } catch {
            let failure = error as? PostgreSQLError
            if let failure, !failure.endsConnection, !failure.isConflict, batch.count > 1 {
                // A trigger of the host's fails its own join alone.
                for job in batch { commit([job]) }
            } else {
                for job in batch { job.answer.resume(throwing: error) }
            }
        }
    }

    private static func write(
        _ joins: [PendingJoin],
        _ session: Session,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLError) -> [Bool] {
        let now = ContinuousClock.now
        _ = session.takeUnconfirmed()
        // One statement is one transaction.
        let rows = try session.query(
            Self.sql,
            [
                .texts(joins.map(\.admission.user.string)),
                .texts(joins.map(\.admission.room.string)),
                .integers(joins.map(\.versions.stamp)),
                .integers(joins.map(\.versions.userKey)),
                .integers(joins.map(\.versions.user)),
                .integers(joins.map(\.versions.roomKey)),
                .integers(joins.map(\.versions.room)),
                .integers(joins.map(\.admission.at.milliseconds)),
                .integers(joins.map { $0.validUntil.map { Int64(now.duration(to: $0) / .milliseconds(1)) } }),
                .uuids(joins.map(\.attempt)),
            ],
            until: deadline
        )
        // Committed here, and perhaps nowhere else.
        if session.takeUnconfirmed() { throw .unconfirmed }
        let joined = rows.integers(0, 0)
        guard joined.count == joins.count else { throw .unconfirmed }
        return joined.map { $0 == 1 }
    }

    private static let sql = """
        SELECT array_agg(joined::int::bigint ORDER BY number)
        FROM unnest(livechat_join($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))
            WITH ORDINALITY AS outcome (joined, number)
        """

    /// Writes nothing any more, once what waits is answered.
    func close() async {
        waiting.withLock { $0.isClosed = true }
        await line.close()
    }
}

extension PostgreSQLError {
    /// The deadline passed before anything was sent.
    static let tooLate = PostgreSQLError(.notConnected, "no connection was free in time")
    /// The commit is on the primary's disk, and no standby has confirmed it.
    static let unconfirmed = PostgreSQLError(.late, "no standby has confirmed the commit")
}
#endif
