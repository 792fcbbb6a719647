internal import Dispatch
internal import LivechatJoin
internal import LivechatSQLite
internal import Synchronization

/// The one writer of a process: a queue, a thread of its own, and a commit that many share.
///
/// While one commit is being synced, jobs gather; the next transaction takes them all. There is no timer, and a job
/// that comes alone is committed at once. Each job runs in a savepoint, so one that fails does not fail its
/// neighbours, and each is answered only after the commit that holds it.
final class Writer: Sendable {
    /// Work that waits for its turn.
    struct Job: Sendable {
        /// Whether it has a transaction of its own, because it takes long.
        let isAlone: Bool
        let isJoin: Bool
        /// How long it may wait for another process's lock.
        let deadline: ContinuousClock.Instant
        /// Does the work and returns how to answer it once it is committed.
        let run: @Sendable (WriterSession) throws -> @Sendable () -> Void
        /// Answers work that wrote nothing.
        let fail: @Sendable (any Error) -> Void
    }

    private struct Waiting {
        var jobs: [Job] = []
        var isDraining = false
        var isClosed = false
    }

    private let waiting = Mutex(Waiting())
    /// Why the last write failed, if the file or the disk was the reason.
    private let lastFailure = Mutex<LivechatStoreError?>(nil)
    private let session: Mutex<WriterSession?>
    private let thread = DispatchQueue(label: "livechat-join.writer")
    private let path: String
    private let busyTimeout: Duration
    private let checkpointer: Checkpointer?
    private let metrics: CommitMetrics? = CommitMetrics()
    /// What is said to those who come when it takes no more work.
    private let refusal: LivechatStoreError

    /// The most jobs in one transaction: enough to share a sync, few enough to answer the first ones soon.
    private static let maximumBatch = 512

    /// How long to wait before looking again whether another process, or a reader, has let a lock go.
    static let pause = DispatchTimeInterval.milliseconds(1)
    /// How long a process that always has work may keep the lock to itself, but for moments too short to be met.
    private static let turn = Duration.milliseconds(100)
    /// How long it leaves the lock free then: longer than another process's pause.
    private static let gap = DispatchTimeInterval.milliseconds(2)

    init(_ session: sending WriterSession, path: String, options: JoinDatabase.Options, checkpointer: Checkpointer) {
        self.session = Mutex(session)
        self.path = path
        // In whole milliseconds, so that adding it to an instant cannot overflow.
        busyTimeout = .milliseconds(options.busyTimeout.sqliteMilliseconds)
        self.checkpointer = checkpointer
        refusal = .closed
    }

    /// Makes the writer of a database that is only read: it refuses everything.
    init(refusing refusal: LivechatStoreError, path: String) {
        session = Mutex(nil)
        self.path = path
        busyTimeout = .zero
        checkpointer = nil
        self.refusal = refusal
        waiting.withLock { $0.isClosed = true }
    }

    /// Runs work in the next shared transaction.
    ///
    /// - Parameters:
    ///   - isAlone: Whether the work takes long; it has a transaction of its own then, so that no decision of a
    ///     neighbour grows old before it is committed.
    ///   - isJoin: Whether it is a join.
    ///   - waits: Whether it waits where another process writes.
    ///   - body: The work; it may run more than once, and only its last run is kept.
    /// - Returns: What `body` returned, after the commit.
    /// - Throws: What `body` throws, or `LivechatStoreError`; nothing of the work is written then.
    @discardableResult
    func write<Result: Sendable>(
        isAlone: Bool = false,
        isJoin: Bool = false,
        waits: Bool = true,
        _ body: @escaping @Sendable (WriterSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            enqueue(
                Job(
                    isAlone: isAlone,
                    isJoin: isJoin,
                    deadline: waits ? .now + busyTimeout : .now,
                    run: { session in
                        let result = try body(session)
                        return { continuation.resume(returning: result) }
                    },
                    fail: { continuation.resume(throwing: $0) }
                )
            )
        }
    }

    /// Asks whether the last write has succeeded, or one that is tried now does.
    ///
    /// - Throws: Why not.
    func requireWorking() async throws {
        guard let failure = lastFailure.withLock({ $0 }) else { return }
        // Writes that wait, for a lock perhaps, will tell; a health check does not wait with them.
        if waiting.withLock({ $0.isDraining }) { throw failure }
        try await write(waits: false) { session in try session.probe() }
    }

    private func enqueue(_ job: Job) {
        let (isClosed, startsDraining) = waiting.withLock { waiting in
            if waiting.isClosed { return (true, false) }
            waiting.jobs.append(job)
            defer { waiting.isDraining = true }
            return (false, !waiting.isDraining)
        }
        if isClosed { return job.fail(refusal) }
        metrics?.queued()
        if startsDraining { thread.async { self.drain() } }
    }

    private func drain() {
        var lastGap = ContinuousClock.now
        while true {
            if lastGap.duration(to: .now) >= Self.turn {
                Self.wait(Self.gap)
                lastGap = .now
            }
            let batch = waiting.withLock { waiting in
                let batch = Self.nextBatch(of: waiting.jobs)
                waiting.jobs.removeFirst(batch.count)
                if batch.isEmpty { waiting.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            defer { metrics?.answered(batch.count) }
            session.withLock { session in
                guard let session else {
                    for job in batch { job.fail(LivechatStoreError.closed) }
                    return
                }
                commit(batch, session)
                checkpointer?.logHasGrown(session.log)
                metrics?.logHas(bytes: checkpointer?.logFileBytes ?? 0)
                guard session.isInTransaction else { return }
                // There was no memory to roll back, and until there is, no other process can write.
                thread.tryAgain { [weak self] in
                    self?.session.withLock { session in
                        session?.rollBack()
                        return session?.isInTransaction != true
                    } ?? true
                }
            }
        }
    }

    /// The jobs at the front that share the next transaction.
    static func nextBatch(of jobs: [Job]) -> [Job] {
        guard let first = jobs.first else { return [] }
        return first.isAlone ? [first] : Array(jobs.prefix(maximumBatch).prefix { !$0.isAlone })
    }

    /// How often a batch may lose its transaction before its jobs are committed one by one: a trigger of the host's can
    /// roll back for many of them, and each must fail alone (contract C17).
    private static let maximumLosses = 4

    /// Jobs that share a transaction, and how far they have come.
    ///
    /// Those that have been answered are not among them.
    private enum Batch {
        /// They wait for the write lock.
        case gathering([Job])
        /// Their transaction is open.
        case running([Job])
        /// The whole transaction was rolled back, with the work of all of them, because of one that has been answered.
        case lost([Job])
        /// Their transaction is not kept.
        case failed([Job], any Error)
        /// Their transaction is kept: this is how to answer them.
        case committed([@Sendable () -> Void])
    }

    /// Brings jobs through a transaction and answers each of them.
    private func commit(_ jobs: [Job], _ session: WriterSession) {
        var batch = Batch.gathering(jobs)
        var losses = 0
        while true {
            switch batch {
            case .gathering(let jobs): batch = begin(jobs, session)
            case .running(let jobs): batch = run(jobs, session)
            case .lost(let jobs):
                losses += 1
                guard losses < Self.maximumLosses else { return commitEach(jobs, session) }
                batch = .gathering(jobs)
            case .failed(let jobs, let error):
                // A deferred constraint of the host's is looked at with the commit, and does not say whose it is.
                if jobs.count > 1, (error as? SQLiteError)?.isConstraint == true { return commitEach(jobs, session) }
                let error = said(error, session)
                for job in jobs { job.fail(error) }
                return
            case .committed(let answers):
                for answer in answers { answer() }
                return
            }
        }
    }

    private func commitEach(_ jobs: [Job], _ session: WriterSession) {
        for job in jobs { commit([job], session) }
    }

    /// Begins a transaction as soon as no other process has one.
    ///
    /// SQLite waits too, but looks again ever more seldom, at last ten times a second: beside a process that is always
    /// writing it would meet none of the moments between two commits. Jobs that have waited for too long are answered;
    /// when none is left, nothing has begun.
    private func begin(_ jobs: [Job], _ session: WriterSession) -> Batch {
        var jobs = jobs
        do {
            while !jobs.isEmpty, let busy = try session.begin() {
                let now = ContinuousClock.now
                for job in jobs where job.deadline <= now { job.fail(said(busy, session)) }
                jobs.removeAll { $0.deadline <= now }
                if !jobs.isEmpty { Self.wait(Self.pause) }
            }
            return jobs.isEmpty ? .committed([]) : .running(jobs)
        } catch {
            session.rollBack()
            return .failed(jobs, error)
        }
    }

    /// Runs each job in a savepoint, the only one without, and commits.
    ///
    /// Jobs that fail by themselves are answered.
    private func run(_ jobs: [Job], _ session: WriterSession) -> Batch {
        let begin = metrics == nil ? nil : ContinuousClock.now
        var done: [(job: Job, answer: @Sendable () -> Void)] = []
        for (index, job) in jobs.enumerated() {
            do {
                let run = { try job.run(session) }
                done.append((job, try jobs.count == 1 ? session.alone(run) : session.savepoint(run)))
            } catch {
                job.fail(said(error, session))
                if session.hasLostTransaction { return .lost(done.map(\.job) + jobs[(index + 1)...]) }
            }
        }
        do {
            try session.commit()
            if let begin { metrics?.committed(joins: done.count { $0.job.isJoin }, since: begin) }
            if !done.isEmpty { lastFailure.withLock { $0 = nil } }
            return .committed(done.map(\.answer))
        } catch {
            session.rollBack()
            return .failed(done.map(\.job), error)
        }
    }

    private func said(_ error: any Error, _ session: WriterSession) -> any Error {
        session.files.note(error)
        guard let error = error as? SQLiteError else { return error }
        let failure = LivechatStoreError(error, path: path)
        if error.isFailureToWrite { lastFailure.withLock { $0 = failure } }
        return failure
    }

    /// Nobody signals: this is only time that passes.
    static func wait(_ time: DispatchTimeInterval) {
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + time)
    }

    /// Takes no more work, waits for what is queued, and closes the connection.
    func close() async {
        waiting.withLock { $0.isClosed = true }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            thread.async {
                self.session.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }
}

extension DispatchQueue {
    /// Does work now and then until it returns that it is done.
    func tryAgain(_ work: @escaping @Sendable () -> Bool) {
        asyncAfter(deadline: .now() + Writer.pause) { if !work() { self.tryAgain(work) } }
    }
}
