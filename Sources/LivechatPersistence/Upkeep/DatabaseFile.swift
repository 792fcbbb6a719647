internal import LivechatJoin
internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The file of a database, looked at by its path and through SQLite, never through a descriptor of ours: closing one
/// drops the locks that SQLite holds on the file in this process (https://sqlite.org/howtocorrupt.html, section 2.2).
enum DatabaseFile {
    /// Refuses what this program cannot use, and makes a missing file where that is asked for.
    static func requireUsable(_ path: String, _ schema: JoinDatabase.Options.Schema) throws {
        try requireDatabaseOfLog(path)
        guard FileStatus(path: path) != nil else {
            if schema == .migrate { return try make(path) }
            throw LivechatStoreError(
                .missing,
                "there is no database at \(path): make one with `livechat-join migrate --database \(path)`"
            )
        }
        try requireOneFile(path)
        // Through a connection that cannot write: one that can checkpoints the log that a killed program has left
        // behind when it closes.
        try reading(path) { connection in
            // Ids are compared and counted as UTF-8.
            if try connection.text("PRAGMA encoding") != "UTF-8" {
                throw LivechatStoreError(
                    .foreignSchema,
                    "\(path) holds its text as UTF-16, which cannot be changed: use a file of its own"
                )
            }
            let migrator = Migrator(path: path)
            _ = try migrator.appliedCount(connection)
            if schema == .requireCurrent { try migrator.requireCurrent(connection) }
        }
    }

    /// Refuses a path where there is no database of this program; it may be older or newer.
    static func requireDatabase(_ path: String) throws(LivechatStoreError) {
        do {
            try requireFile(path)
            try reading(path) { connection in
                do {
                    if try Migrator(path: path).appliedCount(connection) == 0 {
                        throw LivechatStoreError.foreignSchema(path)
                    }
                } catch let error as LivechatStoreError where error.code != .foreignSchema {
                    // An older or newer one, or one that was changed by hand.
                }
            }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }

    /// Runs work over a read-only connection; does nothing where the log must be recovered first.
    private static func reading(_ path: String, _ work: (borrowing Connection) throws -> Void) throws {
        do {
            try withReader(path, .readOnly, work)
        } catch let error as SQLiteError where error.isReadOnly {
            // Recovering takes a connection that can write.
        }
    }

    /// Opens a connection to read from, for as long as the work takes.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - access: With what to open the file where that can be done as usual.
    ///   - work: Reads over the connection.
    /// - Returns: What `work` returns.
    /// - Throws: `LivechatStoreError` when a killed program has left a log that this user may not recover, or the file was
    ///   changed while it was read without locks; `SQLiteError` when it cannot be opened; what `work` throws.
    static func withReader<Result>(
        _ path: String,
        _ access: Connection.Options.Access,
        _ work: (borrowing Connection) throws -> Result
    ) throws -> Result {
        guard let quietFile = QuietFile(path: path) else {
            try requireRecovered(path)
            return try work(connect(path, access))
        }
        let result = try work(connect(path, .immutable))
        try quietFile.requireUnchanged()
        return result
    }

    /// Refuses a log whose index is gone where this user may not make another.
    static func requireRecovered(_ path: String) throws(LivechatStoreError) {
        let file = resolved(path)
        guard FileStatus(path: file + "-wal")?.size ?? 0 > 0, FileStatus(path: file + "-shm") == nil,
            !isWritable(path)
        else { return }
        throw LivechatStoreError(
            .readOnly,
            "\(path) was left behind by a program that was killed, and its log can only be read by who may write: run "
                + "`livechat-join check --database \(path)` as such a user, or copy the file and its -wal to a folder "
                + "of your own"
        )
    }

    // MARK: The file itself

    /// Whether this user may write the file and make others beside it.
    static func isWritable(_ path: String) -> Bool {
        let file = resolved(path)
        return FileManager.default.isWritableFile(atPath: file)
            && FileManager.default.isWritableFile(atPath: folder(of: file))
    }

    /// The file that a path leads to; SQLite keeps log and index beside that one.
    static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    /// Refuses a path where there is no regular file.
    static func requireFile(_ path: String) throws(LivechatStoreError) {
        guard let status = FileStatus(path: path) else {
            throw LivechatStoreError(.missing, "there is no database at \(path): look at the path")
        }
        switch status.kind {
        case .regular: break
        case .folder: throw LivechatStoreError(.isDirectory, "\(path) is a folder: name the database file in it")
        case .pipe, .other: throw LivechatStoreError(.notAFile, "\(path) is not a regular file: name a database file")
        }
        // SQLite would wait for a FIFO.
        for name in ["-wal", "-shm", "-journal"].map({ resolved(path) + $0 }) {
            guard let status = FileStatus(path: name), status.kind != .regular else { continue }
            throw LivechatStoreError(.notAFile, "\(name), beside the database, is not a regular file: move it away")
        }
        try requireDatabaseOfLog(path)
    }

    /// Refuses a file that another program could open by another name: SQLite keeps a log beside each name and loses
    /// commits between them (https://sqlite.org/howtocorrupt.html, section 2.5).
    static func requireOneFile(_ path: String) throws(LivechatStoreError) {
        try requireFile(path)
        if let fault = secondName(path) { throw LivechatStoreError(.severalNames, "\(path) \(fault)") }
    }

    /// What is wrong with the names of a file and what to do; nil where nothing is.
    static func secondName(_ path: String) -> String? {
        guard let status = FileStatus(path: path) else { return nil }
        if status.names > 1 {
            return
                "has \(status.names) names (hard links), and SQLite would keep a log beside each: remove the others, "
                + "`find -samefile` finds them"
        }
        if status.isMounted {
            return
                "is mounted by itself, and SQLite would keep another log beside its other name: mount its folder "
                + "instead"
        }
        return nil
    }

    /// Makes an empty file, whose log and index SQLite gives the same mode.
    ///
    /// It gets its name when it is finished, since no descriptor of ours may be closed under that name.
    static func make(_ path: String) throws(LivechatStoreError) {
        try requireDatabaseOfLog(path)
        guard Connection.isFilePath(path) else {
            throw LivechatStoreError(
                .storage,
                "\(JSONString.quoted(path)) is not the path of a file, and a database is a file: name one; for a test "
                    + "there are JoinDatabase.temporary() and, in memory, InMemoryJoinStore"
            )
        }
        try withDraft(of: path) { draft throws(LivechatStoreError) in
            do throws(FileError) {
                try rename(draft, toNew: path)
            } catch {
                // Another program has made it meanwhile, or the name is a link.
                guard error.isTaken else { throw LivechatStoreError(.storage, "\(path) cannot be made: \(error)") }
                if FileStatus(path: path) == nil {
                    throw LivechatStoreError(
                        .missing,
                        "\(path) is a link to a file that is not there: make the file or remove the link"
                    )
                }
            }
        }
    }

    /// Lends an empty file beside a path that only its owner may read and write, whatever the umask, and removes what
    /// is left of it afterwards.
    static func withDraft(
        of path: String,
        _ work: (String) throws(LivechatStoreError) -> Void
    ) throws(LivechatStoreError) {
        let draft = "\(path).\(UUID().uuidString).partial"
        // SQLite does not report a file beside the draft that it could not remove.
        defer {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: draft + suffix)
            }
        }
        do {
            try makePrivateFile(draft)
        } catch {
            let folder = folder(of: path)
            if FileStatus(path: folder) == nil {
                throw LivechatStoreError(.missing, "there is no folder \(folder): make it, or name another file")
            }
            throw LivechatStoreError.unwritable(folder: folder, error)
        }
        try work(draft)
    }

    /// Refuses a log whose database is gone or empty: SQLite would delete it as a leftover.
    private static func requireDatabaseOfLog(_ path: String) throws(LivechatStoreError) {
        let file = resolved(path)
        // The log first: a program that makes a database now writes to the log last.
        guard FileStatus(path: file + "-wal")?.size ?? 0 > 0, FileStatus(path: file)?.size ?? 0 == 0 else { return }
        throw LivechatStoreError(
            .logWithoutDatabase,
            "there is a write-ahead log, \(file)-wal, but its database is not at \(file): put the database back "
                + "beside its log, or move the log away if nothing in it is wanted"
        )
    }

    /// The folder of a file; bytes and not characters, as SQLite takes a path.
    static func folder(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { slash in String(Substring(path.utf8[...slash])) } ?? "."
    }

    static func connect(
        _ path: String,
        _ access: Connection.Options.Access,
        _ options: JoinDatabase.Options = JoinDatabase.Options()
    ) throws(SQLiteError) -> Connection {
        let busyTimeout = options.busyTimeout.sqliteMilliseconds
        return try Connection(path: path, options: .init(access: access, busyTimeout: busyTimeout))
    }
}
