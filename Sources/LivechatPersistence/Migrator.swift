internal import Crypto
internal import LivechatMigrations
internal import LivechatSQLite
internal import LivechatTokens

/// Compares a database's schema with the program's, and brings it up to date.
struct Migrator {
    let path: String
    let migrations: [Migration]
    let clock: WallClock

    init(path: String, migrations: [Migration] = Migration.all, clock: WallClock = .system) {
        self.path = path
        self.migrations = migrations
        self.clock = clock
    }

    /// What a migration looked like when it was applied.
    private struct Applied {
        let version: Int64
        let name: String
        let checksum: String
    }

    /// Applies what has not been applied yet, each migration in a transaction of its own.
    ///
    /// - Returns: The names of the migrations that were applied now.
    /// - Throws: `DatabaseError` when the database is not one that these migrations lead to; it is not touched then.
    func migrate(_ connection: borrowing Connection) throws -> [String] {
        var names: [String] = []
        while let next = try migrations.dropFirst(appliedCount(connection)).first {
            // Another process may migrate at the same time, so what is left is read again inside the transaction.
            let isApplied = try connection.transaction(.immediate) {
                guard try migrations.dropFirst(appliedCount(connection)).first?.version == next.version else {
                    return false
                }
                try apply(next, connection)
                return true
            }
            if isApplied { names.append(next.name) }
        }
        return names
    }

    /// Refuses a database whose schema is not exactly the program's.
    func requireCurrent(_ connection: borrowing Connection) throws {
        let count = try appliedCount(connection)
        guard count == migrations.count else {
            throw DatabaseError(
                .schemaOlder,
                "\(path) is at schema \(count), this program needs \(migrations.count): "
                    + "run `livechat-join migrate --database \(path)`"
            )
        }
    }

    /// How many of the program's migrations have been applied.
    ///
    /// - Throws: `DatabaseError` unless they are exactly the first ones, unchanged.
    func appliedCount(_ connection: borrowing Connection) throws -> Int {
        let applied = try appliedMigrations(connection)
        for (index, row) in applied.enumerated() {
            guard row.version == index + 1 else {
                throw DatabaseError(
                    .schemaChanged,
                    "\(path) lacks schema \(index + 1) but has \(row.version): restore it from a backup"
                )
            }
            guard index < migrations.count else {
                throw DatabaseError(
                    .schemaNewer,
                    "\(path) is at schema \(applied.count), this program knows \(migrations.count): "
                        + "use a newer livechat-join"
                )
            }
            let known = migrations[index]
            guard row.checksum == known.checksum else {
                throw DatabaseError(
                    .schemaChanged,
                    "schema \(row.version) of \(path) was made by another \(row.name) than this program's "
                        + "\(known.name): use the livechat-join that made it, or restore a backup"
                )
            }
        }
        return applied.count
    }

    private func appliedMigrations(_ connection: borrowing Connection) throws -> [Applied] {
        // One statement, so that both are of one moment: another process may be making the database now.
        let tables = try connection.prepare(
            """
            SELECT (SELECT count(*) FROM pragma_table_info('schema_migration')
                    WHERE name IN ('version', 'name', 'checksum', 'applied_at')),
                (SELECT count(*) FROM sqlite_schema WHERE type = 'table')
            """
        ).first { row in (isOurs: row.integer(0) == 4, isEmpty: row.integer(1) == 0) }
        guard let tables, tables.isOurs else {
            if tables?.isEmpty == true { return [] }
            throw DatabaseError.foreignSchema(path)
        }
        var applied: [Applied] = []
        let statement = try connection.prepare("SELECT version, name, checksum FROM schema_migration ORDER BY version")
        try statement.eachRow { row in
            applied.append(Applied(version: row.integer(0), name: row.text(1), checksum: row.text(2)))
        }
        return applied
    }

    private func apply(_ migration: Migration, _ connection: borrowing Connection) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                version INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT
            """
        )
        try connection.execute(String(decoding: migration.sql, as: UTF8.self))
        let record = try connection.prepare(
            "INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES (?1, ?2, ?3, ?4)"
        )
        try record.bind(1, Int64(migration.version))
        try record.bind(2, migration.name)
        try record.bind(3, migration.checksum)
        try record.bind(4, clock.now.milliseconds)
        try record.run()
    }
}

extension DatabaseError {
    static func foreignSchema(_ path: String) -> DatabaseError {
        DatabaseError(.foreignSchema, "\(path) is a database of another program: name a file of livechat-join's own")
    }
}

extension Migration {
    /// The SHA-256 of the file, in hexadecimal.
    var checksum: String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: sql).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
