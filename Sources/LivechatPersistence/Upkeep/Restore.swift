internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

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
    /// - Throws: ``DatabaseError``; the database is as it was then.
    public static func restore(_ file: String, to path: String) async throws {
        try await offThread { try Restore(file: file, path: path).run() }
    }
}

/// One copy that is put in the place of a database.
private struct Restore: Sendable {
    let file: String
    let path: String

    func run() throws {
        try DatabaseFile.requireDatabase(file)
        if let source = FileIdentity(path: file), source == FileIdentity(path: path) {
            throw DatabaseError(.alreadyExists, "\(file) is the database itself: name a backup of it")
        }
        if FileStatus(path: path) == nil { try DatabaseFile.make(path) } else { try DatabaseFile.requireOneFile(path) }
        let draft = "\(path).\(UUID().uuidString).partial"
        defer {
            // SQLite tells of no file beside the draft that it could not remove.
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: draft + suffix)
            }
        }
        do {
            try makeDraft(draft)
            let source = try DatabaseFile.connect(draft, .readOnly)
            let target = try DatabaseFile.connect(path, .readWrite)
            try target.useWriteAheadLog(.full)
            try source.copy(to: target)
            try target.close()
        } catch let error as SQLiteError {
            let cause = DatabaseError(error, path: path)
            throw DatabaseError(cause.code, "nothing was restored from \(file): \(cause)")
        } catch let error as FileError {
            throw DatabaseError(
                .readOnly,
                "\(DatabaseFile.folder(of: path)) cannot be written (\(error)): give write permission on it"
            )
        }
    }

    /// Copies the backup and draws a new log id, so that both arrive in one transaction.
    private func makeDraft(_ draft: String) throws {
        try makePrivateFile(draft)
        let source = try DatabaseFile.connect(file, .readOnly)
        let copy = try DatabaseFile.connect(draft, .readWrite)
        try source.copy(to: copy)
        guard try copy.text("PRAGMA integrity_check(1)") == "ok" else {
            throw DatabaseError(.damaged, "\(file) is damaged: restore another backup")
        }
        try copy.execute("UPDATE livechat_setting SET log_id = lower(hex(randomblob(4)))")
        try copy.execute("PRAGMA journal_mode = DELETE")
        try copy.close()
    }
}
