internal import Dispatch
public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Copies the database, as it is at this moment, into a new file, while this and other processes go on.
    ///
    /// The copy is one file that opens by itself. It has its name only once it is whole and on the disk. While it is
    /// made it holds one snapshot, so the write-ahead log cannot restart before it ends.
    ///
    /// - Parameter file: The new file, on a disk that has hard links.
    /// - Throws: `LivechatStoreError`, with the code `alreadyExists` when there is such a file; nothing is left behind
    ///   then.
    public func backup(to file: String) async throws(LivechatStoreError) {
        // Tells when the database has been closed.
        try read { _ in }
        try await Self.backup(path, to: file)
    }

    /// Copies a database that this program need not know the schema of, such as one before its migration.
    ///
    /// - Parameters:
    ///   - path: The database.
    ///   - file: The new file, on a disk that has hard links.
    /// - Throws: `LivechatStoreError`, with the code `alreadyExists` when there is such a file; nothing is left behind
    ///   then.
    public static func backup(_ path: String, to file: String) async throws(LivechatStoreError) {
        try await offThread(path) { try Backup(path: path, file: file).run() }
    }

    /// Does work on a file that takes long without holding a thread that others wait for.
    static func offThread<Result: Sendable>(
        _ path: String,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws(LivechatStoreError) -> Result {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(
                    returning: Swift.Result(catching: work).mapError { LivechatStoreError(opening: $0, path: path) }
                )
            }
        }
        return try result.get()
    }
}

/// One copy of a database into a new file.
///
/// The database is read through SQLite alone, never through a descriptor of ours.
private struct Backup: Sendable {
    let path: String
    let file: String

    func run() throws {
        try DatabaseFile.requireDatabase(path)
        // Before anything is read.
        if FileStatus(path: file) != nil { throw exists }
        // Only its owner may read the copy, whatever the mode of the database: the group may be another.
        try DatabaseFile.withDraft(of: file) { draft throws(LivechatStoreError) in
            do {
                try copy(to: draft)
                try LivechatSQLite.publish(draft, as: file, in: DatabaseFile.folder(of: file))
            } catch let error as FileError {
                throw error.isTaken ? exists : LivechatStoreError(.storage, "\(file) cannot be made: \(error)")
            } catch {
                // What is only read needs no room.
                let isFull = (error as? SQLiteError)?.isFull == true
                let cause = LivechatStoreError(opening: error, path: isFull ? file : path)
                throw LivechatStoreError(cause.code, "nothing was copied to \(file): \(cause)")
            }
        }
    }

    private func copy(to draft: String) throws {
        // Where the database can be written, the connection can also recover what a killed program has left.
        let copy = try DatabaseFile.connect(draft, .readWrite)
        // SQLite itself brings the copy to the disk before it says that it is done.
        try copy.execute("PRAGMA synchronous = FULL")
        try DatabaseFile.withReader(path, .readWrite) { source in
            try source.transaction(.deferred) {
                _ = try source.integer("SELECT count(*) FROM sqlite_schema")
                try source.copy(to: copy)
            }
        }
        try copy.closeAsOneFile()
    }

    private var exists: LivechatStoreError {
        LivechatStoreError(.alreadyExists, "\(file) exists already: name a new file, or move it away")
    }
}

extension Connection {
    /// Closes a copy.
    ///
    /// One with a write-ahead log would make the two files beside it wherever it is looked at.
    consuming func closeAsOneFile() throws(SQLiteError) {
        guard try text("PRAGMA journal_mode = DELETE") == "delete" else {
            throw SQLiteError(code: 1, message: "the copy keeps its write-ahead log")
        }
        try close()
    }
}
