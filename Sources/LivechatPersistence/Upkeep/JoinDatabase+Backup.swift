internal import Dispatch
internal import LivechatSQLite

extension JoinDatabase {
    /// Copies the database, as it is at this moment, into a new file, while this and other processes go on.
    ///
    /// The copy is one file that opens by itself. It has its name only once it is whole and on the disk. While it is
    /// made it holds one snapshot, so the write-ahead log cannot restart before it ends.
    ///
    /// - Parameter file: The new file, on a disk that has hard links.
    /// - Throws: ``DatabaseError``, with the code `alreadyExists` when there is such a file; nothing is left behind
    ///   then.
    public func backup(to file: String) async throws {
        // Tells when the database has been closed.
        try readers.snapshot { _ in }
        try await Self.backup(path, to: file)
    }

    /// Copies a database that this program need not know the schema of, such as one before its migration.
    ///
    /// - Parameters:
    ///   - path: The database.
    ///   - file: The new file, on a disk that has hard links.
    /// - Throws: ``DatabaseError``, with the code `alreadyExists` when there is such a file; nothing is left behind
    ///   then.
    public static func backup(_ path: String, to file: String) async throws {
        let backup = Backup(path: path, file: file)
        try await offThread { try backup.run() }
    }

    /// Does work that takes long without holding a thread that others wait for.
    static func offThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }
}
