internal import LivechatSQLite

extension JoinDatabase {
    /// Takes a database for right as it is now, and writes every page anew with its checksum.
    ///
    /// It is for a file that another program has written to, or one whose log has lost what cannot be restored: what
    /// is in it is decided by from then on. Tokens whose beginnings are missing are found again. Nothing else may use the
    /// database meanwhile. Keep a copy of the file with its -wal and -shm: that the log has lost something cannot always be
    /// told any more once this has begun.
    ///
    /// - Parameter path: The database.
    /// - Throws: ``DatabaseError`` when there is none of this program's, SQLite finds it inconsistent, or another process
    ///   uses it; what is in it is as it was then.
    public static func seal(path: String) async throws {
        try await offThread {
            do {
                try Seal(path: path).run()
            } catch {
                throw DatabaseError(opening: error, path: path)
            }
        }
    }
}

/// One rewriting of all pages.
private struct Seal {
    let path: String

    func run() throws {
        try DatabaseFile.requireFile(path)
        try makeRoom()
        let connection = try DatabaseFile.connect(path, .readWrite, .written)
        try connection.keepLogWhenClosing()
        try rewrite(connection, enteringBeginnings: true)
        try connection.close()
    }

    /// What has no room for checksums is first made to have it, by SQLite alone: the end of a page is data until then.
    private func makeRoom() throws {
        let connection = try DatabaseFile.connect(path, .readWrite, .plain)
        // Until it is known whose database it is, and that it is whole, its log is left as it is.
        try connection.keepLogWhenClosing()
        _ = try Migrator(path: path).appliedCount(connection)
        if connection.isReadOnly { throw SQLiteError.readOnly }
        guard try connection.text("PRAGMA integrity_check(1)") == "ok" else {
            throw DatabaseError(
                .damaged,
                "\(path) does not agree with itself, so it cannot be taken for right: restore the newest backup that passes "
                    + "`livechat-join check`"
            )
        }
        if try !connection.hasRoomForChecksums() {
            try connection.makeRoomForChecksums()
            try rewrite(connection, enteringBeginnings: false)
        }
        try connection.close()
    }

    /// Writes every page anew: into the log, so that it is done as a whole or not at all, and from there into the file.
    private func rewrite(_ connection: borrowing Connection, enteringBeginnings: Bool) throws {
        try connection.useWriteAheadLog(.full)
        // Others who have it open would go on with what they have read, and with them there is no end to the log.
        try connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        try connection.execute("VACUUM")
        // What is written before is not known to be right.
        if enteringBeginnings { try enterBeginnings(connection) }
        if try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 1 {
            throw SQLiteError(code: 5, message: "another process uses the database")
        }
    }

    /// Enters how the digests of tokens begin where it is missing: a token is found by that only.
    private func enterBeginnings(_ connection: borrowing Connection) throws {
        let knows = "SELECT count(*) FROM sqlite_schema WHERE name = 'login_token_beginning'"
        guard try connection.integer(knows) == 1 else { return }
        try connection.execute(
            "INSERT OR IGNORE INTO login_token_beginning (beginning) SELECT beginning FROM login_token"
        )
    }
}
