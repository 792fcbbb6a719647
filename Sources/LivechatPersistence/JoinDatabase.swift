public import LivechatJoin
internal import LivechatSQLite
public import Logging

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

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
    let clock: WallClock
    let readers: ReaderPool
    let writer: Writer
    private let checkpointer: Checkpointer
    let logPath: String
    let loadCacheBytes: Int

    /// Opens a database.
    ///
    /// - Parameters:
    ///   - path: The file, on a local disk.
    ///   - options: How it is opened.
    ///   - clock: Where the time of administration comes from; a join takes its time from the ``JoinService``.
    ///   - logger: Told at `warning` when the write-ahead log cannot be written back.
    /// - Throws: ``DatabaseError`` when there is no such file, it is not a database of this program, or its schema
    ///   is not the program's; it has not been touched then.
    public init(
        path: String,
        options: Options = Options(),
        clock: WallClock = .system,
        logger: Logger = Logger(label: "livechat-join")
    ) throws(DatabaseError) {
        self.path = path
        self.clock = clock
        loadCacheBytes = options.loadCacheBytes
        do {
            try Self.check(path, options)
            let connection = try Connection(
                path: path,
                options: .init(
                    access: options.schema == .migrate ? .create : .readWrite,
                    busyTimeout: options.busyTimeout.sqliteMilliseconds
                )
            )
            let migrator = Migrator(path: path, clock: clock)
            _ = try migrator.appliedCount(connection)
            if options.schema == .requireCurrent { try migrator.requireCurrent(connection) }
            if connection.isReadOnly { throw SQLiteError.readOnly }
            try connection.useWriteAheadLog(options.durability)
            try connection.tune(options)
            // What a long reader has made of the log is cut off when it begins anew.
            try connection.execute("PRAGMA journal_size_limit = \(4 * min(max(0, options.logBytes), 1 << 40))")
            if options.schema == .migrate { _ = try migrator.migrate(connection) }
            // The first read maps the WAL-index, at which the writer looks after each commit.
            try migrator.requireCurrent(connection)
            let files = OpenedFiles(path: path, fileName: connection.fileName)
            logPath = connection.fileName + "-wal"
            let logins = LoginCache(capacity: options.rememberedLogins)
            readers = try ReaderPool(path: path, options: options, logins: logins, files: files)
            checkpointer = try Checkpointer(path: path, options: options, readers: readers, logger: logger)
            // Whatever is replaced between here and there would leave connections to different files.
            if connection.hasMoved || !files.areInPlace { throw SQLiteError.moved }
            writer = Writer(
                try WriterSession(connection, options, logins, files),
                path: path,
                options: options,
                checkpointer: checkpointer
            )
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }

    /// Makes the file when it is missing, and brings an older schema up to date.
    ///
    /// - Returns: The names of the migrations that were applied now; none when the schema was up to date.
    /// - Throws: ``DatabaseError``; a database that is newer or not this program's is not touched.
    public static func migrate(path: String, clock: WallClock = .system) throws(DatabaseError) -> [String] {
        do {
            try check(path, Options())
            let connection = try Connection(
                path: path,
                options: .init(access: .create, busyTimeout: Options().busyTimeout.sqliteMilliseconds)
            )
            let migrator = Migrator(path: path, clock: clock)
            _ = try migrator.appliedCount(connection)
            if connection.isReadOnly { throw SQLiteError.readOnly }
            try connection.useWriteAheadLog(.full)
            let names = try migrator.migrate(connection)
            try connection.close()
            return names
        } catch {
            throw DatabaseError(opening: error, path: path)
        }
    }

    /// Refuses a file that is not to be touched.
    private static func check(_ path: String, _ options: Options) throws {
        // A look at the path and not at the file: closing a file of one's own would drop SQLite's locks on it.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if attributes?[.type] as? FileAttributeType == .typeDirectory {
            throw DatabaseError(.isDirectory, "\(path) is a folder: name the database file in it")
        }
        try DatabaseFile.requireDatabaseOfLog(path)
        // Where a commit need not be on the disk, a loss of power leaves what looks like damage.
        if options.durability == .full { try DatabaseFile.requireWholeLog(path) }
        guard attributes != nil else {
            if options.schema == .migrate { return }
            throw DatabaseError(
                .missing,
                "there is no database at \(path): make one with `livechat-join migrate --database \(path)`"
            )
        }
        try checkSchema(path, options)
    }

    /// Refuses a schema through a connection that cannot write. One that can takes the log that a killed program has
    /// left behind into the file when it closes.
    private static func checkSchema(_ path: String, _ options: Options) throws {
        do {
            let connection = try Connection(
                path: path,
                options: .init(access: .readOnly, busyTimeout: options.busyTimeout.sqliteMilliseconds)
            )
            let migrator = Migrator(path: path)
            _ = try migrator.appliedCount(connection)
            if options.schema == .requireCurrent { try migrator.requireCurrent(connection) }
        } catch let error as SQLiteError where error.isReadOnly {
            // There is something to recover first, which takes a connection that can write.
        }
    }

    /// Takes no more work, waits for writes that are queued, and closes every connection.
    public func close() async {
        await writer.close()
        readers.close()
        // The last connection to close writes the log back and removes it, which one that only reads cannot do.
        await checkpointer.close()
    }

    /// Asks whether the database answers and its schema is the program's, for a health check.
    ///
    /// - Throws: ``DatabaseError`` when it is not.
    public func checkHealth() async throws {
        let migrator = Migrator(path: path)
        try readers.snapshot { reader in try reader.query { connection in try migrator.requireCurrent(connection) } }
    }

    // MARK: JoinStore

    /// Evaluates on one snapshot of the newest committed state, on the caller's thread.
    ///
    /// It waits for nothing, so it is compiled into what the protocol calls and needs no frame of its own.
    @inline(__always)
    public func decide<Result: Sendable>(
        _ query: JoinQuery,
        _ evaluate: (any JoinFacts) throws -> Result
    ) async throws -> Result {
        try decide(evaluate)
    }

    #if compiler(>=6.3)
    @specialized(where Result == JoinVerdict)
    #endif
    private func decide<Result: Sendable>(_ evaluate: (any JoinFacts) throws -> Result) throws -> Result {
        try readers.snapshot { reader in try evaluate(reader.lookups) }
    }

    /// Evaluates once more in the writer's transaction and writes the membership that is allowed there.
    public func admit(
        _ query: JoinQuery,
        _ evaluate: @escaping @Sendable (any JoinFacts) throws -> JoinVerdict
    ) async throws -> JoinVerdict {
        try await writer.write { session in
            let verdict = try evaluate(session.lookups)
            if case .allowed(let access, let now) = verdict, access != .member,
                let user = query.userID, let room = query.roomID
            {
                try session.join(user, room, at: now)
            }
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
    }

    /// Two who turn it on at the same time stand in each other's way, and SQLite waits for neither. Whoever has lost
    /// waits for the write lock, which SQLite does wait for, and looks again.
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

extension DatabaseError {
    /// Says what kept a database from being opened.
    init(opening error: any Error, path: String) {
        switch error {
        case let error as DatabaseError: self = error
        case let error as SQLiteError where error.isChecksum && DatabaseFile.isForeign(path):
            self = .foreignSchema(path)
        case let error as SQLiteError: self.init(error, path: path)
        default: self.init(.storage, "\(path): \(error)")
        }
    }
}
