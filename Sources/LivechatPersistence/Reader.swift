internal import LivechatJoin
internal import LivechatSQLite

/// A read-only connection with its look-ups.
///
/// `@unchecked Sendable` because its state is reached only through the lock of its slot in `ReaderPool`; the compiler
/// cannot see that a caller's evaluation does not keep what it is lent.
final class Reader: @unchecked Sendable {
    private let path: String
    let lookups: Lookups
    private var beginSnapshot: Statement
    private var endSnapshot: Statement
    /// Last, because stored properties are destroyed in this order: the statements before their connection.
    private let connection: Connection

    init(path: String, options: JoinDatabase.Options) throws(SQLiteError) {
        self.path = path
        connection = try Connection(
            path: path,
            options: .init(access: .readOnly, busyTimeout: options.busyTimeout.sqliteMilliseconds)
        )
        try connection.tune(options)
        beginSnapshot = try connection.prepare("BEGIN DEFERRED")
        endSnapshot = try connection.prepare("COMMIT")
        lookups = try Lookups(connection)
    }

    /// Runs work on one snapshot of the newest committed state.
    ///
    /// - Throws: `DatabaseError` when the database cannot be read, else what `body` throws.
    func snapshot<Result>(_ body: (Reader) throws -> Result) throws -> Result {
        do {
            lookups.begin()
            try beginSnapshot.run()
            let result: Result
            do {
                result = try body(self)
            } catch {
                connection.rollBack()
                throw error
            }
            try endSnapshot.run()
            return result
        } catch let error as SQLiteError {
            connection.rollBack()
            throw DatabaseError(error, path: path)
        }
    }

    /// Lends the connection, inside `snapshot`, to statements of its own.
    func query<Result>(_ body: (borrowing Connection) throws -> Result) throws -> Result {
        try body(connection)
    }
}

extension Connection {
    /// Applies the sizes that the embedder chose.
    func tune(_ options: JoinDatabase.Options) throws(SQLiteError) {
        try execute("PRAGMA cache_size = -\(max(64, options.cacheBytes / 1_024))")
        try execute("PRAGMA mmap_size = \(max(0, options.mappedBytes))")
    }
}
