internal import Dispatch
internal import LivechatSQLite
internal import Logging
internal import Synchronization

/// Writes the log back into the database, away from the writer's thread, and lets the log begin anew.
///
/// SQLite before 3.51.3 has a race between a checkpoint and a commit that begins the log anew, which can lose commits
/// (https://sqlite.org/wal.html#walresetbug). A checkpoint here runs under a snapshot that reads from the log: as long as
/// there is one, no process can begin the log anew, so the two never meet, and commits are appended meanwhile. Or it holds
/// the write lock, and nobody commits.
final class Checkpointer: Sendable {
    private struct Connections: ~Copyable {
        let snapshot: Connection
        let checkpoint: Connection
        let log: WriteAheadLogIndex
    }

    private let connections: Mutex<Connections?>
    private let isRunning = Atomic(false)
    private let readers: ReaderPool
    private let logPath: String
    private let logger: Logger
    private let thread = DispatchQueue(label: "livechat-join.checkpoint", qos: .utility)

    /// How many frames may wait to be written back.
    private let waitingFrames: Int
    /// A page of the database and what the log says of it.
    private let frameBytes: Int
    /// How long the log may become before the writer stops for it, whatever is left to write back.
    private var longLog: Int { 4 * waitingFrames }
    /// What the writer may stop for earlier, since nobody waits long for it.
    private var fewFrames: Int { waitingFrames / 4 }
    /// How long the writer waits, when it has stopped, for readers to do without the log.
    private static let stopTime = Duration.milliseconds(100)

    init(path: String, options: JoinDatabase.Options, readers: ReaderPool, logger: Logger) throws {
        // Another process may be writing the log back as it closes.
        let access = Connection.Options(access: .readWrite, busyTimeout: options.busyTimeout.sqliteMilliseconds)
        let snapshot = try Connection(path: path, options: access)
        let checkpoint = try Connection(path: path, options: access)
        try checkpoint.tune(options)
        // `writeBackAll` waits itself: SQLite waits longer and longer, up to 100 ms at a time, and our own readers would not be
        // told to go.
        checkpoint.setBusyTimeout(0)
        guard checkpoint.needWriteLockToCheckpoint() else { throw SQLiteError.noWriteAheadLog }
        _ = try snapshot.integer("SELECT count(*) FROM schema_migration")
        guard let log = WriteAheadLogIndex(snapshot), let pageSize = try snapshot.integer("PRAGMA page_size") else {
            throw SQLiteError.noWriteAheadLog
        }
        waitingFrames = max(1, options.logBytes / Int(pageSize))
        frameBytes = Int(pageSize) + 24
        logPath = checkpoint.fileName + "-wal"
        connections = Mutex(Connections(snapshot: snapshot, checkpoint: checkpoint, log: log))
        self.readers = readers
        self.logger = logger
    }

    /// How long the log was when it was last written back, or when that was last tried: the next time comes when it has
    /// grown once more, or, where it is nearly long, when something came of the last time; not at every commit.
    struct Marks {
        fileprivate var start = 0
        fileprivate var stop = 0
        /// How much of the log had been written back at the start.
        fileprivate var writtenBack = 0
    }

    /// Looks at the log after a commit. The writer's thread calls this.
    ///
    /// - Parameter marks: What the writer keeps from one call to the next.
    func logHasGrown(_ log: WriteAheadLogIndex, _ marks: inout Marks) {
        let (frames, writtenBack) = (log.state.frames, log.framesWrittenBack)
        let waiting = frames - writtenBack
        marks.start = min(marks.start, frames)
        marks.stop = min(marks.stop, frames)
        marks.writtenBack = min(marks.writtenBack, frames)
        let isLong = frames >= longLog
        let isNearlyLong = frames >= longLog - waitingFrames
        // The next commit begins the log anew, if there is nothing left to write back and nobody reads from it.
        let stops = isLong || isNearlyLong && waiting <= fewFrames && !isRunning.load(ordering: .acquiring)
        if stops, frames - marks.stop >= (isLong ? waitingFrames : fewFrames) {
            marks.stop = frames
            run { connections in try self.writeBackAll(connections) || !isLong }
            return
        }
        let hasGrown = waiting >= waitingFrames && (marks.start == 0 || frames - marks.start >= waitingFrames)
        // One after the other: as long as writing back is faster than writing, each has less to do.
        let isCatchingUp = isNearlyLong && waiting > fewFrames && writtenBack > marks.writtenBack
        if hasGrown || isCatchingUp, !isRunning.exchange(true, ordering: .acquiring) {
            marks.start = frames
            marks.writtenBack = writtenBack
            thread.async {
                self.run { connections in
                    // SQLite would only sync when the writer stops, all that has been written back since it last did.
                    try Self.writeBack(connections, syncs: isNearlyLong)
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
                    if try work(connections) { return }
                    logger.warning(
                        "the write-ahead log is long and cannot begin anew: a process is reading from it, writing, or writing it back",
                        metadata: ["bytes": "\(connections.log.state.frames * frameBytes)"]
                    )
                }
            }
        } catch {
            logger.warning(
                "the write-ahead log was not written back to the disk",
                metadata: ["error": "\(error)", "bytes": "\(FileIdentity.size(path: logPath) ?? 0)"]
            )
        }
        // Their next snapshot reads from the database alone where it can, and the next commit begins the log anew.
        readers.release()
    }

    /// Writes back what can be written back while others write.
    ///
    /// - Parameter syncs: Whether to bring it to the disk.
    private static func writeBack(_ connections: borrowing Connections, syncs: Bool) throws {
        // A rollback needs memory, and may have had none.
        connections.snapshot.rollBack()
        let before = connections.log.state
        try connections.snapshot.transaction(.deferred) {
            _ = try connections.snapshot.integer("SELECT count(*) FROM schema_migration")
            // The snapshot reads from the log only if something was waiting when it was taken. Were the log begun anew
            // in between, the salts, which are read last, would differ.
            guard connections.log.framesWrittenBack < before.frames, connections.log.state.salts == before.salts else {
                return
            }
            // When another process is at it, the answer says so and nothing is done.
            _ = try connections.checkpoint.integer("PRAGMA wal_checkpoint(PASSIVE)")
            // As long as the snapshot is there, what a sync that fails is for can be written again. A checkpoint that leaves
            // nothing has synced by itself.
            if syncs, connections.log.framesWrittenBack < connections.log.state.frames {
                try connections.checkpoint.syncDatabase()
            }
        }
    }

    /// Writes back everything, keeping every process from writing meanwhile, and tries again for a moment where readers
    /// cannot do without the log. It holds the write lock each time, so no commit can begin the log anew under it.
    ///
    /// - Returns: Whether all of it was written back and the log can begin anew.
    private func writeBackAll(_ connections: borrowing Connections) throws -> Bool {
        let deadline = ContinuousClock.now + Self.stopTime
        while true {
            do throws(SQLiteError) {
                if try connections.checkpoint.integer("PRAGMA wal_checkpoint(RESTART)") == 0 { return true }
            } catch {
                // Another process is writing, or writing back.
                guard error.isBlocked || error.isBusy else { throw error }
            }
            if ContinuousClock.now >= deadline { return false }
            // A reader of ours that nobody asks meanwhile would keep its snapshot for as long as the pool leaves it.
            readers.release()
            Writer.wait(Writer.pause)
        }
    }

    /// Stops; the last connection that closes writes the rest back.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            thread.async {
                self.connections.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }
}

extension SQLiteError {
    static let noWriteAheadLog = SQLiteError(code: 1, message: "the write-ahead log cannot be used here")
}
