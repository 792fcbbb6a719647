internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One copy of a database into a new file.
///
/// The database is read through SQLite alone, never through a descriptor of ours.
struct Backup: Sendable {
    let path: String
    let file: String
    private let partial: String
    private let folder: String

    init(path: String, file: String) {
        self.path = path
        self.file = file
        partial = "\(file).\(UUID().uuidString).partial"
        folder = DatabaseFile.folder(of: file)
    }

    func run() throws {
        try DatabaseFile.requireDatabase(path)
        try requirePlace()
        // SQLite tells of no file beside the copy that it could not remove.
        defer {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: partial + suffix)
            }
        }
        try copy()
        try publish()
    }

    /// Refuses a place where no new file can be, before anything is read.
    private func requirePlace() throws {
        let manager = FileManager.default
        guard (try? manager.attributesOfItem(atPath: file)) == nil else { throw DatabaseError.backupExists(file) }
        guard manager.fileExists(atPath: folder) else {
            throw DatabaseError(.missing, "there is no folder \(folder): make it, or name another file")
        }
        // Only its owner may read the copy, whatever the mode of the database: the group may be another.
        do {
            try LivechatSQLite.makePrivateFile(partial)
        } catch {
            throw DatabaseError(.readOnly, "\(folder) cannot be written (\(error)): give write permission on it")
        }
    }

    private func copy() throws {
        do {
            // Where the database can be written, the connection can also recover what a killed program has left.
            let source = try DatabaseFile.connect(path, .readWrite)
            let copy = try DatabaseFile.connect(partial, .readWrite)
            // SQLite itself brings the copy to the disk before it says that it is done.
            try copy.execute("PRAGMA synchronous = FULL")
            try source.transaction(.deferred) {
                _ = try source.integer("SELECT count(*) FROM sqlite_schema")
                try source.copy(to: copy)
            }
            // The copy of a database with a write-ahead log would be one as well, and make the two files beside it
            // wherever it is looked at.
            guard try copy.text("PRAGMA journal_mode = DELETE") == "delete" else {
                throw SQLiteError(code: 1, message: "the copy keeps its write-ahead log")
            }
            try copy.close()
            try source.close()
        } catch let error as SQLiteError {
            let cause = DatabaseError(error, path: path)
            throw DatabaseError(cause.code, "nothing was copied to \(file): \(cause)")
        }
    }

    private func publish() throws {
        do {
            try LivechatSQLite.publish(partial, as: file, in: folder)
        } catch {
            if error.isTaken { throw DatabaseError.backupExists(file) }
            throw DatabaseError(.storage, "\(file) cannot be made: \(error)")
        }
    }
}

extension DatabaseError {
    static func backupExists(_ file: String) -> DatabaseError {
        DatabaseError(.alreadyExists, "\(file) exists already: name a new file, or move it away")
    }
}
