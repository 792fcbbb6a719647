#if PostgreSQL
internal import Crypto
internal import LivechatJoin
internal import LivechatMigrations

/// Compares a database's schema with the program's, and brings it up to date.
struct Migrator: Sendable {
    let address: Address
    let migrations = Migration.postgreSQL
    let clock: LivechatClock

    /// The newest schema that the program knows.
    static var newest: Int { Migration.postgreSQL.count }

    init(address: Address, clock: LivechatClock) {
        self.address = address
        self.clock = clock
    }

    /// Applies what has not been applied yet, each migration in a transaction of its own.
    ///
    /// - Returns: The names of the migrations that were applied now.
    /// - Throws: `LivechatStoreError` when the database is not one that these migrations lead to; it is not touched
    ///   then. `PostgreSQLError` when a migration fails; those before it are kept.
    func migrate(_ session: Session, withDefaults: Bool = true) throws -> [String] {
        try makeRecord(session)
        var names: [String] = []
        while let next = try migrations.dropFirst(appliedCount(session)).first {
            let isApplied = try session.transaction {
                // Another process may migrate at the same time, so what is left is read again behind the lock.
                try session.run(script: "LOCK TABLE livechat.livechat_migration IN SHARE ROW EXCLUSIVE MODE")
                guard try migrations.dropFirst(appliedCount(session)).first?.version == next.version else {
                    return false
                }
                try apply(next, session, withDefaults)
                return true
            }
            if isApplied { names.append(next.name) }
        }
        return names
    }

    /// Makes the schema and the table that says what was applied, where they are missing.
    private func makeRecord(_ session: Session) throws {
        for _ in 0..<10 {
            if try hasRecord(session) { return }
            do {
                try session.run(
                    script: """
                        BEGIN;
                        CREATE SCHEMA IF NOT EXISTS livechat;
                        CREATE TABLE IF NOT EXISTS livechat.livechat_migration (
                            version bigint PRIMARY KEY,
                            name text NOT NULL,
                            checksum text NOT NULL,
                            applied_at bigint NOT NULL
                        );
                        COMMIT;
                        """
                )
                return
            } catch {
                try session.run(script: "ROLLBACK")
                // Another process has made them at the same moment; IF NOT EXISTS does not see what is not committed.
                guard ["23505", "42P06", "42P07"].contains(error.state) else { throw error }
            }
        }
    }

    private func hasRecord(_ session: Session) throws -> Bool {
        try session.query("SELECT to_regclass('livechat.livechat_migration') IS NOT NULL").flag(0, 0)
    }

    /// Refuses a database whose schema is not exactly the program's.
    func requireCurrent(_ session: Session) throws {
        let count = try hasRecord(session) ? appliedCount(session) : 0
        guard count == migrations.count else {
            throw LivechatStoreError(
                count == 0 ? .foreignSchema : .schemaOlder,
                "\(address) is at schema \(count), this program needs \(migrations.count): "
                    + "run `livechat-join migrate --database \(address)`"
            )
        }
    }

    /// How many of the program's migrations have been applied.
    ///
    /// - Throws: `LivechatStoreError` unless they are exactly the first ones, unchanged.
    private func appliedCount(_ session: Session) throws -> Int {
        let rows = try session.query(
            "SELECT version, name, checksum FROM livechat.livechat_migration ORDER BY version"
        )
        for index in 0..<rows.count {
            let (version, name) = (rows.integer(index, 0) ?? 0, rows.text(index, 1) ?? "")
            guard version == index + 1 else {
                throw LivechatStoreError(
                    .schemaChanged,
                    "\(address) lacks schema \(index + 1) but has \(version): restore it from a backup"
                )
            }
            guard index < migrations.count else { throw Self.newer(Int64(rows.count)) }
            guard rows.text(index, 2) == migrations[index].checksum else {
                throw LivechatStoreError(
                    .schemaChanged,
                    "schema \(version) of \(address) was made by another \(name) than this program's "
                        + "\(migrations[index].name): use the livechat-join that made it, or restore a backup"
                )
            }
        }
        return rows.count
    }

    /// The schema is newer than the program.
    static func newer(_ version: Int64) -> LivechatStoreError {
        LivechatStoreError(
            .schemaNewer,
            "the database is at schema \(version), this program knows \(newest): use a program built with a newer livechat-join"
        )
    }

    private func apply(_ migration: Migration, _ session: Session, _ withDefaults: Bool) throws {
        try session.run(script: "SET LOCAL search_path = livechat")
        try session.run(script: String(decoding: migration.sql, as: UTF8.self))
        if withDefaults { try session.run(script: String(decoding: migration.defaults, as: UTF8.self)) }
        try session.query(
            "INSERT INTO livechat.livechat_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
            [
                .integer(Int64(migration.version)), .text(migration.name), .text(migration.checksum),
                .integer(clock.now.milliseconds),
            ]
        )
    }
}

extension Migration {
    /// The SHA-256 of the files, in hexadecimal.
    fileprivate var checksum: String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: sql + defaults).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
#endif
