internal import Dispatch
internal import LivechatSQLite
internal import Logging
internal import Synchronization

/// Writes the log back into the database, away from the writer's thread, and lets the log begin anew.
///
/// SQLite before 3.51.3 has a race between a checkpoint and a commit that begins the log anew, which can lose commits
/// (https://sqlite.org/wal.html#walresetbug). Every checkpoint here runs under a snapshot that reads from the log: as
/// long as there is one, no process can begin the log anew, so the two never meet. Commits are appended meanwhile.
final class Checkpointer: Sendable {
    private struct Connections: ~Copyable {
        let snapshot: Connection
        let checkpoint: Connection
        let log: WriteAheadLogIndex
    }

    private let connections: Mutex<Connections?>
    private let isRunning = Atomic(false)
    private let readers: ReaderPool
    private let logger: Logger
    private let thread = DispatchQueue(label: "livechat-join.checkpoint", qos: .utility)

    /// How many frames may wait to be written back: 16 MiB of pages of 4 KiB. Fewer would write the same pages more
    /// often; more would make opening after a crash slower.
    private static let waitingFrames = 4_096
    /// How long the log may become before the writer stops for it.
    private static let longLog = 4 * waitingFrames

    init(path: String, options: JoinDatabase.Options, readers: ReaderPool, logger: Logger) throws {
        // Another process may be taking the log in as it closes; a passive checkpoint waits for nobody all the same.
        let access = Connection.Options(access: .readWrite, busyTimeout: options.busyTimeout.sqliteMilliseconds)
        let snapshot = try Connection(path: path, options: access)
        let checkpoint = try Connection(path: path, options: access)
        try checkpoint.tune(options)
        _ = try snapshot.integer("SELECT count(*) FROM schema_migration")
        guard let log = WriteAheadLogIndex(snapshot) else { throw SQLiteError.noWriteAheadLog }
        connections = Mutex(Connections(snapshot: snapshot, checkpoint: checkpoint, log: log))
        self.readers = readers
        self.logger = logger
    }

    /// Looks at the log after a commit. The writer's thread calls this.
    ///
    /// - Parameter grown: How long the log was when the writer last stopped for it; set when it stops now.
    func logHasGrown(_ log: WriteAheadLogIndex, sinceStop grown: inout Int) {
        let frames = log.state.frames
        grown = min(grown, frames)
        if frames - log.framesWrittenBack >= Self.waitingFrames,
            !isRunning.exchange(true, ordering: .acquiring)
        {
            thread.async {
                self.run()
                self.isRunning.store(false, ordering: .releasing)
            }
        }
        if frames >= Self.longLog, frames - grown >= Self.waitingFrames {
            // Writes go on all the time, so there is always something left to write back: do it while none goes on.
            grown = frames
            run()
        }
    }

    /// Writes back what can be written back now.
    private func run() {
        readers.release()
        do {
            try connections.withLock { connections in
                switch connections {
                case .none: return
                case .some(let connections): try Self.checkpoint(connections)
                }
            }
        } catch {
            logger.warning("the write-ahead log was not written back", metadata: ["error": "\(error)"])
        }
        // Their next snapshot reads from the database alone where it can, and the next commit begins the log anew.
        readers.release()
    }

    private static func checkpoint(_ connections: borrowing Connections) throws {
        let before = connections.log.state
        try connections.snapshot.transaction(.deferred) {
            _ = try connections.snapshot.integer("SELECT count(*) FROM schema_migration")
            // The snapshot reads from the log only if something was waiting when it was taken. Were the log begun anew
            // in between, the salts would differ.
            guard connections.log.state.salts == before.salts, connections.log.framesWrittenBack < before.frames else {
                return
            }
            do throws(SQLiteError) {
                _ = try connections.checkpoint.integer("PRAGMA wal_checkpoint(PASSIVE)")
            } catch  where error.isBusy {
                // Another process is at it.
            }
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
