internal import Dispatch
internal import LivechatJoin
internal import LivechatSQLite
internal import Logging
internal import Synchronization

/// Checkpoints the log away from the writer's thread, and lets it restart.
///
/// SQLite before 3.51.3 has a race between a checkpoint and a commit that restarts the log, which can lose commits
/// (https://sqlite.org/wal.html#walresetbug). A checkpoint here runs under a snapshot that reads from the log: as long
/// as there is one, no process can restart the log, so the two never meet, and commits are appended meanwhile. Or it
/// holds the write lock, and nobody commits.
final class Checkpointer: Sendable {
    private struct Connections: ~Copyable {
        let guarding: Connection
        let checkpointing: Connection
        let log: WriteAheadLogIndex
        let last: LastCheckpoint

        /// Whether all of the log has been checkpointed.
        var isDone: Bool { log.checkpointedFrames >= log.state.frames }

        /// When another process is at it, nothing is done.
        func checkpoint() throws(SQLiteError) {
            if try checkpointing.integer("PRAGMA wal_checkpoint(PASSIVE)") == 0 { last.isNow() }
        }
    }

    /// When it last did something.
    private final class LastCheckpoint: Sendable {
        let clock: LivechatClock
        let time = Mutex<LivechatTimestamp?>(nil)

        init(_ clock: LivechatClock) { self.clock = clock }

        func isNow() { time.withLock { $0 = clock.now } }
    }

    private let connections: Mutex<Connections?>
    private let last: LastCheckpoint
    private let isRunning = Atomic(false)
    private let readers: ReaderPool
    private let files: OpenedFiles
    private let logPath: String
    private let logger: Logger
    private let thread = DispatchQueue(label: "livechat-join.checkpoint", qos: .utility)
    /// A page of the database and what the log says of it.
    private let frameBytes: Int
    private let policy: Mutex<CheckpointPolicy>

    /// How long the writer waits, when it has stopped and no other checkpoint runs, for readers to do without the log.
    private static let stopTime = Duration.milliseconds(100)

    init(
        path: String,
        options: JoinDatabase.Options,
        readers: ReaderPool,
        files: OpenedFiles,
        clock: LivechatClock,
        logger: Logger
    ) throws {
        // Another process may be checkpointing as it closes.
        let guarding = try DatabaseFile.connect(path, .readWrite, options)
        let checkpointing = try DatabaseFile.connect(path, .readWrite, options)
        try checkpointing.tune(options)
        // `checkpointAll` waits itself: SQLite waits longer and longer, and our own readers would not be released.
        checkpointing.setBusyTimeout(0)
        guarding.setBusyTimeout(0)
        _ = try guarding.integer(Self.firstRead)
        guard let log = WriteAheadLogIndex(guarding), let pageSize = try guarding.integer("PRAGMA page_size") else {
            throw SQLiteError.noWriteAheadLog
        }
        policy = Mutex(CheckpointPolicy(waitingFrames: options.logBytes / Int(pageSize)))
        frameBytes = Int(pageSize) + 24
        logPath = checkpointing.fileName + "-wal"
        last = LastCheckpoint(clock)
        connections = Mutex(Connections(guarding: guarding, checkpointing: checkpointing, log: log, last: last))
        self.readers = readers
        self.files = files
        self.logger = logger
    }

    /// When a checkpoint last did something; nil where none has.
    var lastCheckpoint: LivechatTimestamp? { last.time.withLock { $0 } }

    /// The size of the log's file.
    var logFileBytes: Int { FileStatus(path: logPath)?.size ?? 0 }

    private static let firstRead = "SELECT count(*) FROM livechat_setting"

    /// Looks at the log after a commit, on the writer's thread.
    func logHasGrown(_ log: WriteAheadLogIndex) {
        let frames = log.state.frames
        let isRunning = isRunning.load(ordering: .acquiring)
        let (action, isLong) = policy.withLock { policy in
            let checkpointed = log.checkpointedFrames
            let action = policy.next(frames: frames, checkpointed: checkpointed, isRunning: isRunning)
            return (action, frames >= policy.longLog)
        }
        switch action {
        case .nothing: break
        case .beforeNextCommit: run { connections in try self.checkpointAll(connections) || !isLong }
        case .besideCommits:
            self.isRunning.store(true, ordering: .relaxed)
            thread.async {
                self.run { connections in
                    try Self.checkpointBesideCommits(connections)
                    return true
                }
                self.isRunning.store(false, ordering: .releasing)
            }
        }
    }

    /// - Parameter work: Returns whether it could do all of it.
    private func run(_ work: (borrowing Connections) throws -> Bool) {
        readers.release()
        do {
            try connections.withLock { connections in
                switch connections {
                case .none: return
                case .some(let connections):
                    defer { if !connections.guarding.isAutocommit { thread.tryAgain(rollBack) } }
                    if try work(connections) { return }
                    logger.warning(
                        "the write-ahead log is long and cannot restart: a process is reading, writing or checkpointing",
                        metadata: ["bytes": "\(connections.log.state.frames * frameBytes)"]
                    )
                }
            }
        } catch {
            files.note(error)
            logger.warning(
                "the write-ahead log was not checkpointed",
                metadata: ["error": "\(error)", "bytes": "\(logFileBytes)"]
            )
        }
        // Their next snapshot reads from the database alone where it can, and the next commit restarts the log.
        readers.release()
    }

    /// Ends a transaction that there was no memory to roll back: until then it can keep other processes from writing.
    ///
    /// - Returns: Whether there is none any more.
    private func rollBack() -> Bool {
        connections.withLock { connections in
            connections?.guarding.rollBack()
            return connections?.guarding.isAutocommit ?? true
        }
    }

    private static func checkpointBesideCommits(_ connections: borrowing Connections) throws {
        // A rollback needs memory, and may have had none.
        connections.guarding.rollBack()
        let before = connections.log.state
        try connections.guarding.transaction(.deferred) {
            _ = try connections.guarding.integer(firstRead)
            // The snapshot reads from the log only if something was waiting when it was taken. Had the log restarted in
            // between, the salts, which are read last, would differ.
            guard connections.log.checkpointedFrames < before.frames, connections.log.state.salts == before.salts else {
                return
            }
            try connections.checkpoint()
        }
    }

    /// Checkpoints everything under the write lock, and tries again for a moment where readers cannot do without the
    /// log.
    ///
    /// - Returns: Whether the log can restart.
    private func checkpointAll(_ connections: borrowing Connections) throws -> Bool {
        let deadline = ContinuousClock.now + Self.stopTime
        connections.guarding.rollBack()
        while true {
            do {
                try connections.guarding.transaction(.immediate) { try connections.checkpoint() }
                if connections.isDone { return true }
            } catch let error as SQLiteError where error.isBusy {
                // Another process is writing, or checkpointing.
            }
            if ContinuousClock.now >= deadline { return false }
            // A reader of ours that nobody asks meanwhile would keep its snapshot for as long as the pool leaves it.
            readers.release()
            Writer.wait(Writer.pause)
        }
    }

    /// Stops; the last connection that closes checkpoints the rest, unless a sync has failed: then the log has to stay.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            thread.async {
                self.connections.withLock { connections in
                    if self.files.hasFailedSync, let connections {
                        // Setting a switch that SQLite has cannot fail.
                        try? connections.guarding.keepLogWhenClosing()
                        try? connections.checkpointing.keepLogWhenClosing()
                    }
                    connections = nil
                }
                continuation.resume()
            }
        }
    }
}

extension SQLiteError {
    static let noWriteAheadLog = SQLiteError(code: 1, message: "the write-ahead log cannot be used here")
}
