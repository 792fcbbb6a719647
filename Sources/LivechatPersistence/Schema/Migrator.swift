internal import Crypto
internal import LivechatJoin
internal import LivechatMigrations
internal import LivechatSQLite
internal import LivechatValues

/// Compares a database's schema with the program's, and brings it up to date.
struct Migrator {
    let path: String
    let migrations: [Migration]
    let clock: LivechatClock

    init(path: String, migrations: [Migration] = Migration.all, clock: LivechatClock = .system) {
        self.path = path
        self.migrations = migrations
        self.clock = clock
    }

    /// Applies what has not been applied yet, each migration in a transaction of its own.
    ///
    /// - Parameters:
    ///   - connection: A connection that may write.
    ///   - withDefaults: Whether rows that a new database starts with are put in, such as the default grants.
    /// - Returns: The names of the migrations that were applied now.
    /// - Throws: `LivechatStoreError` when the database is not one that these migrations lead to; it is not touched then.
    ///   `SQLiteError` when a migration fails; those before it are kept.
    func migrate(_ connection: borrowing Connection, withDefaults: Bool = true) throws -> [String] {
        var names: [String] = []
        while let next = try migrations.dropFirst(appliedCount(connection)).first {
            // Another process may migrate at the same time, so what is left is read again inside the transaction.
            let isApplied = try connection.transaction(.immediate) {
                guard try migrations.dropFirst(appliedCount(connection)).first?.version == next.version else {
                    return false
                }
                try apply(next, connection, withDefaults)
                return true
            }
            if isApplied { names.append(next.name) }
        }
        return names
    }

    /// Refuses a database whose schema is not exactly the program's.
    func requireCurrent(_ connection: borrowing Connection) throws {
        let count = try appliedCount(connection)
        if count == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0 > 0 {
            throw LivechatStoreError.foreignSchema(path)
        }
        guard count == migrations.count else {
            throw LivechatStoreError(
                .schemaOlder,
                "\(path) is at schema \(count), this program needs \(migrations.count): "
                    + "run `livechat-join migrate --database \(path)`"
            )
        }
    }

    /// How many of the program's migrations have been applied.
    ///
    /// - Throws: `LivechatStoreError` unless they are exactly the first ones, unchanged.
    func appliedCount(_ connection: borrowing Connection) throws -> Int {
        let applied = try appliedMigrations(connection)
        for (index, row) in applied.enumerated() {
            guard row.version == index + 1 else {
                throw LivechatStoreError(
                    .schemaChanged,
                    "\(path) lacks schema \(index + 1) but has \(row.version): restore it from a backup"
                )
            }
            guard index < migrations.count else {
                throw LivechatStoreError(
                    .schemaNewer,
                    "\(path) is at schema \(applied.count), this program knows \(migrations.count): "
                        + "use a program built with a newer livechat-join"
                )
            }
            let known = migrations[index]
            guard row.checksum == known.checksum else {
                throw LivechatStoreError(
                    .schemaChanged,
                    "schema \(row.version) of \(path) was made by another \(row.name) than this program's "
                        + "\(known.name): use the livechat-join that made it, or restore a backup"
                )
            }
        }
        return applied.count
    }

    /// What the migrations looked like when they were applied.
    private func appliedMigrations(
        _ connection: borrowing Connection
    ) throws -> [(version: Int64, name: String, checksum: String)] {
        let columns = try connection.integer(
            """
            SELECT count(*) FROM pragma_table_info('livechat_migration')
            WHERE name IN ('version', 'name', 'checksum', 'applied_at')
            """
        )
        // A file of the host's only, or an empty one.
        guard columns == 4 else { return [] }
        var applied: [(Int64, String, String)] = []
        let statement = try connection.prepare(
            "SELECT version, name, checksum FROM livechat_migration ORDER BY version"
        )
        try statement.eachRow { row in applied.append((row.integer(0), row.text(1), row.text(2))) }
        return applied
    }

    private func apply(
        _ migration: Migration,
        _ connection: borrowing Connection,
        _ withDefaults: Bool
    ) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS livechat_migration (
                version INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT
            """
        )
        try connection.execute(String(decoding: migration.sql, as: UTF8.self))
        if withDefaults { try connection.execute(String(decoding: migration.defaults, as: UTF8.self)) }
        let record = try connection.prepare(
            "INSERT INTO livechat_migration (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)"
        )
        try record.bind(1, Int64(migration.version))
        try record.bind(2, migration.name)
        try record.bind(3, migration.checksum)
        try record.bind(4, clock.now.milliseconds)
        try record.run()
    }
}

extension LivechatStoreError {
    static func foreignSchema(_ path: String) -> LivechatStoreError {
        LivechatStoreError(
            .foreignSchema,
            "\(path) is a database without livechat-join's tables: name another file, or add them with "
                + "`livechat-join migrate --database \(path)`"
        )
    }
}

extension Migration {
    /// The SHA-256 of the files, in hexadecimal.
    var checksum: String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: sql + defaults).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
