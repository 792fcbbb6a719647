internal import LivechatJoin
internal import LivechatSQLite
internal import Synchronization

/// A read-only connection with its look-ups.
///
/// It keeps its snapshot open from one question to the next for as long as nothing has been committed, by whichever
/// process: the state of the write-ahead log, which it can see without a lock, tells. What its look-ups remember is
/// good for just as long.
///
/// `@unchecked Sendable` because its state is reached only through the lock of its slot in `ReaderPool`; the compiler
/// cannot see that a caller's evaluation does not keep what it is lent.
final class Reader: @unchecked Sendable {
    private let path: String
    private let files: OpenedFiles
    let lookups: Lookups
    private let beginSnapshot: Statement
    private let endSnapshot: Statement
    /// Whether a snapshot is open.
    private var isOpen = false
    /// The state that the open snapshot shows; nil when it is not known, and then the snapshot is not kept.
    private var shown: WriteAheadLogState?
    private var log: WriteAheadLogIndex?
    /// Whether there is a log; to look for the index of one that there is not would make it.
    private let hasLog: Bool
    /// How many frames of the log had been checkpointed when the open snapshot was taken.
    private var checkpointedFrames = 0
    /// Whether the snapshot has been asked anything since `releaseIfUnused` last looked.
    private var isUsed = false
    /// Last, because stored properties are destroyed in this order: the statements before their connection.
    private let connection: Connection

    init(
        path: String,
        options: JoinDatabase.Options,
        memory: Lookups.Memory,
        files: OpenedFiles
    ) throws(SQLiteError) {
        self.path = path
        self.files = files
        connection = try DatabaseFile.connect(path, options.readerAccess, options)
        try connection.tune(options)
        var hasLog = options.access == .readWrite
        if !hasLog, options.readerAccess == .readOnly { hasLog = try connection.text("PRAGMA journal_mode") == "wal" }
        self.hasLog = hasLog
        beginSnapshot = try connection.prepare("BEGIN DEFERRED")
        endSnapshot = try connection.prepare("COMMIT")
        lookups = try Lookups(connection, memory)
    }

    /// How long a snapshot waits where another program keeps readers out.
    func setBusyTimeout(_ milliseconds: Int32) { connection.setBusyTimeout(milliseconds) }

    /// Runs work on a snapshot of the newest committed state.
    ///
    /// - Throws: `LivechatStoreError` when the database cannot be read, else what `body` throws.
    func snapshot<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        do {
            if !isNewest { try renew() }
            isUsed = true
            let result = try body(self)
            if shown == nil { release() }
            try files.requireUnchanged()
            return result
        } catch {
            release()
            if let error = error as? SQLiteError { throw LivechatStoreError(error, path: path) }
            throw error
        }
    }

    /// Whether the open snapshot shows the newest state and stands in nobody's way: one that was taken before a
    /// checkpoint would keep the log from restarting.
    private var isNewest: Bool {
        guard let shown, let log else { return false }
        return log.state == shown && log.checkpointedFrames == checkpointedFrames
    }

    /// Whether a snapshot is kept open.
    var isHolding: Bool { isOpen }

    /// Takes a new snapshot.
    ///
    /// It can be kept when the log had the same state before and after it was taken; else something was committed
    /// meanwhile, and the snapshot, which is newer than the question, serves that one only.
    private func renew() throws(SQLiteError) {
        release()
        try files.requireUsableLately()
        // A rollback needs memory, and may have had none.
        connection.rollBack()
        let before = log?.state
        checkpointedFrames = log?.checkpointedFrames ?? 0
        try beginSnapshot.run()
        isOpen = true
        try lookups.openSnapshot()
        if log == nil, hasLog { log = WriteAheadLogIndex(connection) }
        let after = log?.state
        shown = before == after ? after : nil
    }

    /// Ends the snapshot, so that it keeps no page of the log in use.
    func release() {
        guard isOpen else { return }
        isOpen = false
        shown = nil
        lookups.forget()
        do {
            try endSnapshot.run()
        } catch {
            connection.rollBack()
        }
    }

    /// Ends the snapshot when nothing has been asked of it since the last call.
    func releaseIfUnused() {
        if !isUsed { release() }
        isUsed = false
    }

    /// Lends the connection, inside `snapshot`, to statements of its own.
    func query<Result>(_ body: (borrowing Connection) throws -> Result) throws -> Result {
        try body(connection)
    }
}

extension Connection {
    /// Applies the sizes that the embedder chose.
    func tune(_ options: JoinDatabase.Options) throws(SQLiteError) {
        try setPageCache(bytes: options.cacheBytes)
        try execute("PRAGMA mmap_size = \(max(0, options.mappedBytes))")
    }

    /// Sizes the page cache, at least 64 KiB; SQLite takes a negative number as KiB, of 32 bits.
    func setPageCache(bytes: Int) throws(SQLiteError) {
        try execute("PRAGMA cache_size = -\(min(max(64, bytes / 1_024), Int(Int32.max)))")
    }
}
