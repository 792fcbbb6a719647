public import LivechatJoin
internal import LivechatMigrations
internal import LivechatSQLite

extension JoinDatabase {
    /// Puts a copy in the place of a database, in one transaction of SQLite's and under its locks.
    ///
    /// A server that was forgotten sees the old state until the commit and the restored one from then on. The event log
    /// gets a new id, so that a cursor of the log that was replaced is not used on this one. The database keeps its
    /// file and that file's mode; a missing one is made.
    ///
    /// - Parameters:
    ///   - file: The copy, as ``backup(_:to:)`` or SQLite itself has made it.
    ///   - path: The database to replace.
    /// - Throws: `LivechatStoreError`; the database is as it was then.
    public static func restore(_ file: String, to path: String) async throws(LivechatStoreError) {
        try await offThread(path) { try Restore(file: file, path: path).run() }
    }
}

/// One copy that is put in the place of a database.
private struct Restore: Sendable {
    let file: String
    let path: String

    func run() throws {
        try DatabaseFile.requireDatabase(file)
        if let source = FileIdentity(path: file), source == FileIdentity(path: path) {
            throw LivechatStoreError(.alreadyExists, "\(file) is the database itself: name a backup of it")
        }
        if FileStatus(path: path) == nil { try DatabaseFile.make(path) } else { try DatabaseFile.requireOneFile(path) }
        try DatabaseFile.withDraft(of: path) { draft throws(LivechatStoreError) in
            do {
                try fill(draft)
                let source = try DatabaseFile.connect(draft, .readOnly)
                let target = try DatabaseFile.connect(path, .readWrite)
                try prepare(target, pageSize: source.integer("PRAGMA page_size") ?? 4_096)
                try target.useWriteAheadLog(.full)
                try source.copy(to: target)
                try target.close()
            } catch let error as LivechatStoreError {
                throw error
            } catch {
                let cause = LivechatStoreError(opening: error, path: path)
                throw LivechatStoreError(cause.code, "nothing was restored from \(file): \(cause)")
            }
        }
    }

    /// Refuses a database that cannot take the copy, or has nothing but the host's own tables.
    private func prepare(_ target: borrowing Connection, pageSize: Int64) throws {
        if try target.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            return try target.execute("PRAGMA page_size = \(pageSize)")
        }
        if try Migrator(path: path).appliedCount(target) == 0 {
            throw LivechatStoreError(
                .foreignSchema,
                "\(path) is a database without livechat-join's tables, and restoring would remove all that is in it: "
                    + "name another file, or move it away"
            )
        }
        // SQLite cannot change the size under its log (https://sqlite.org/c3ref/backup_finish.html).
        if try target.integer("PRAGMA page_size") != pageSize {
            throw LivechatStoreError(
                .alreadyExists,
                "\(path) has pages of another size than \(file): stop what uses it, move it away with its -wal and -shm, "
                    + "and restore again"
            )
        }
    }

    /// Copies the backup and draws a new log id, so that both arrive in one transaction.
    private func fill(_ draft: String) throws {
        let copy = try DatabaseFile.connect(draft, .readWrite)
        try DatabaseFile.withReader(file, .readOnly) { try $0.copy(to: copy) }
        guard try copy.text("PRAGMA integrity_check(1)") == "ok" else {
            throw LivechatStoreError(.damaged, "\(file) is damaged: restore another backup")
        }
        let differences = try Schema(copy.prepare(Schema.statement)).differences(from: Schema.expected())
        if let first = differences.first, try Migrator(path: file).appliedCount(copy) == Migration.all.count {
            throw LivechatStoreError(
                .schemaChanged,
                "the schema of \(file) was changed by hand: \(first); restore another backup"
            )
        }
        try copy.execute("UPDATE livechat_setting SET log_id = lower(hex(randomblob(4)))")
        try copy.closeAsOneFile()
    }
}
