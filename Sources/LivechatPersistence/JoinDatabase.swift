public import LivechatJoin
internal import LivechatSQLite
public import Logging
internal import Synchronization

/// The store of the engine in one SQLite file: decisions, joins, and the writes that a backend needs.
///
/// ```swift
/// let database = try JoinDatabase(path: "chat.db")
/// let service = JoinService(store: database)
/// ```
///
/// Any number of processes may open the same file. Reads run on the caller's thread; writes run on one thread of the
/// database's own and share their commits. A connection does not survive `fork`: open the database after it.
public final class JoinDatabase: JoinStore, Sendable {
    /// The file.
    public let path: String
    /// Where the time of administration comes from.
    public let clock: LivechatClock
    let readers: ReaderPool
    let writer: Writer
    let checkpointer: Checkpointer?
    let logPath: String
    let loadCacheBytes: Int
    private let temporaryFolder: String?
    private static let hasSaidLimit = Atomic(false)

    /// Opens a database.
    ///
    /// - Parameters:
    ///   - path: The file, on a local disk.
    ///   - options: How it is opened.
    ///   - clock: Where the time of administration comes from; a join takes its time from the `JoinService`.
    ///   - logger: Receives a warning when the write-ahead log cannot be checkpointed, and when the file has a second
    ///     name, a notice once in a process where this SQLite has a limit worth knowing, and an error when a sync fails.
    /// - Throws: `LivechatStoreError` when the file cannot be opened, it is not a database that this program can use, or its
    ///   schema is not the program's; it has not been touched then.
    public init(
        path: String,
        options: Options = Options(),
        clock: LivechatClock = .system,
        logger: Logger = Logger(label: "livechat-join")
    ) throws(LivechatStoreError) {
        self.path = path
        self.clock = clock
        loadCacheBytes = options.loadCacheBytes
        temporaryFolder = options.temporaryFolder
        do {
            if options.access == .readOnly {
                var options = options
                (readers, logPath) = try Self.openReaders(path, &options, logger)
                writer = Writer(refusing: LivechatStoreError(SQLiteError.readOnly, path: path), path: path)
                checkpointer = nil
                return
            }
            try DatabaseFile.requireUsable(path, options.schema)
            let connection = try DatabaseFile.connect(path, .readWrite, options)
            let migrator = Migrator(path: path, clock: clock)
            _ = try migrator.appliedCount(connection)
            if options.schema == .requireCurrent { try migrator.requireCurrent(connection) }
            if connection.isReadOnly { throw SQLiteError.readOnly }
            try connection.useWriteAheadLog(options.durability)
            try connection.tune(options)
            // What a long reader has made of the log is cut off when it restarts.
            try connection.execute("PRAGMA journal_size_limit = \(4 * min(max(0, options.logBytes), 1 << 40))")
            if options.schema == .migrate { _ = try migrator.migrate(connection) }
            // The first read maps the WAL-index, at which the writer looks after each commit.
            try migrator.requireCurrent(connection)
            try SchemaReader(connection).require()
            let files = OpenedFiles(path: path, fileName: connection.fileName, logger: logger)
            logPath = connection.fileName + "-wal"
            let memory = Lookups.Memory(logins: LoginCache(capacity: options.rememberedLogins))
            readers = try ReaderPool(path: path, options: options, memory: memory, files: files)
            let checkpointer = try Checkpointer(
                path: path,
                options: options,
                readers: readers,
                files: files,
                clock: clock,
                logger: logger
            )
            let session = try WriterSession(connection, options, memory, files)
            self.checkpointer = checkpointer
            // A file replaced between here and there would leave connections to different files.
            if session.connection.hasMoved || !files.areInPlace { throw SQLiteError.moved }
            writer = Writer(session, path: path, options: options, checkpointer: checkpointer)
            // Each process has one SQLite; a host's tests open many databases.
            if let limit = DatabaseChecker.limit(ofVersion: Connection.libraryVersion), logger.logLevel <= .notice,
                !Self.hasSaidLimit.exchange(true, ordering: .relaxed)
            {
                logger.notice("SQLite \(limit)", metadata: ["database": "\(path)"])
            }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }

    /// Opens the readers of a database that is only read.
    ///
    /// - Returns: The readers and the path of the log.
    private static func openReaders(
        _ path: String,
        _ options: inout Options,
        _ logger: Logger
    ) throws -> (ReaderPool, String) {
        let quietFile = QuietFile(path: path)
        try DatabaseFile.requireUsable(path, .requireCurrent)
        options.readerAccess = quietFile == nil ? .readOnly : .immutable
        let connection = try DatabaseFile.connect(path, options.readerAccess)
        try Migrator(path: path).requireCurrent(connection)
        try SchemaReader(connection).require()
        let files = OpenedFiles(path: path, fileName: connection.fileName, quietFile: quietFile, logger: logger)
        let memory = Lookups.Memory(logins: LoginCache(capacity: options.rememberedLogins))
        let readers = try ReaderPool(path: path, options: options, memory: memory, files: files)
        return (readers, connection.fileName + "-wal")
    }

    /// Makes the file when it is missing, and brings an older schema up to date.
    ///
    /// A file that has only the host's own tables gets ours beside them.
    ///
    /// - Parameters:
    ///   - path: The file, on a local disk; a new one can be read and written by its owner only.
    ///   - withDefaultGrants: Whether a new database gets the default roles and grants (contract C5).
    ///   - clock: Where the time of the migration comes from.
    /// - Returns: The names of the migrations that were applied now; none when the schema was up to date.
    /// - Throws: `LivechatStoreError`; a database that is newer is not touched.
    public static func migrate(
        path: String,
        withDefaultGrants: Bool = true,
        clock: LivechatClock = .system
    ) throws(LivechatStoreError) -> [String] {
        do {
            try DatabaseFile.requireUsable(path, .migrate)
            let connection = try DatabaseFile.connect(path, .readWrite)
            let migrator = Migrator(path: path, clock: clock)
            _ = try migrator.appliedCount(connection)
            if connection.isReadOnly { throw SQLiteError.readOnly }
            try connection.useWriteAheadLog(.full)
            let names = try migrator.migrate(connection, withDefaults: withDefaultGrants)
            try connection.close()
            return names
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }

    /// Takes no more work, waits for writes that are queued, and closes every connection.
    public func close() async {
        await writer.close()
        readers.close()
        // The last connection to close checkpoints the log and removes it, which one that only reads cannot do.
        await checkpointer?.close()
        if let temporaryFolder { DatabaseFile.remove(folder: temporaryFolder) }
    }

    /// Checks that the database can be read and written, for a health check.
    ///
    /// It has to answer, its schema has to be the program's, and the last write has to have succeeded. Where the last
    /// write failed, this tries one.
    ///
    /// - Throws: `LivechatStoreError` that says which of these fails.
    public func checkHealth() async throws(LivechatStoreError) {
        let migrator = Migrator(path: path)
        do {
            try readers.snapshotAtOnce { reader in
                try reader.query { connection in try migrator.requireCurrent(connection) }
            }
            try await writer.requireWorking()
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }

    // MARK: JoinStore

    /// A decision waits only where another program keeps readers out, and then not on the caller's thread.
    public var decidesAtOnce: Bool { true }

    /// Evaluates on one snapshot of the newest committed state, on the caller's thread.
    ///
    /// It waits for a lock only where another program keeps readers out, and leaves the thread to others meanwhile.
    @inline(__always)
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        do {
            return try decide(evaluate)
        } catch let error as LivechatStoreError where error.code == .busy {
            return try await whenUnlocked { try decide(evaluate) }
        }
    }

    /// Runs work that found readers kept out, again and again, without keeping a thread.
    private func whenUnlocked<Result: Sendable>(_ work: () throws -> Result) async throws -> Result {
        let deadline = ContinuousClock.now + readers.busyTimeout
        while true {
            try await Task.sleep(for: ReaderPool.pause)
            do {
                return try work()
            } catch let error as LivechatStoreError where error.code == .busy && .now < deadline {}
        }
    }

    #if compiler(>=6.3)
    @specialized(where Result == JoinVerdict)
    #endif
    private func decide<Result: Sendable>(_ evaluate: (any JoinFacts) throws -> Result) throws -> Result {
        try readers.snapshotAtOnce { reader in try evaluate(reader.lookups) }
    }

    /// Evaluates once more in the writer's transaction and writes the admission that is allowed there.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await writer.write(isJoin: true) { session in
            let verdict = try evaluate(session.lookups)
            if case .allowed(let admission) = verdict, admission.isNew { try session.write(admission) }
            return verdict
        }
    }
}

extension Connection {
    /// Turns the write-ahead log on, which stays on in the file, and sets what a commit survives.
    func useWriteAheadLog(_ durability: JoinDatabase.Options.Durability) throws {
        guard try turnOnWriteAheadLog(attempts: 100) == "wal" else {
            throw SQLiteError.noWriteAheadLog
        }
        // Checkpoints are the checkpointer's.
        try execute("PRAGMA wal_autocheckpoint = 0")
        switch durability {
        case .full: try execute("PRAGMA synchronous = FULL")
        case .normal: try execute("PRAGMA synchronous = NORMAL")
        }
        try rewriteRecoveredLog()
    }

    /// Brings a log that was recovered to the disk before anything is committed on top of it.
    ///
    /// After a failed sync the system may hold frames that the disk does not have. It takes them for written, so a
    /// later sync passes over them, and a loss of power would take every commit after them along.
    private func rewriteRecoveredLog() throws {
        // The first read opens the log, and recovers it.
        _ = try integer("PRAGMA schema_version")
        guard let log = WriteAheadLogIndex(self), log.state.isRecovered else { return }
        try transaction(.immediate) { if log.state.isRecovered { try rewriteLog() } }
    }

    /// Turns the write-ahead log on.
    ///
    /// Of two programs that do so at the same time one fails, and SQLite does not wait here. The one that failed waits
    /// for the write lock, after which the other has turned it on.
    private func turnOnWriteAheadLog(attempts: Int) throws(SQLiteError) -> String? {
        do throws(SQLiteError) {
            return try text("PRAGMA journal_mode = WAL")
        } catch {
            guard error.isBusy, attempts > 1 else { throw error }
            try execute("BEGIN IMMEDIATE; ROLLBACK")
            return try turnOnWriteAheadLog(attempts: attempts - 1)
        }
    }
}

extension SQLiteError {
    static let readOnly = SQLiteError(code: 8, message: "the file may only be read")
}
