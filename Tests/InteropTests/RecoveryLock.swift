#if os(Linux)
import Foundation
import ServerTesting

/// What another program has while it recovers the log: the locks on the WAL-index.
///
/// The header of the WAL-index is not valid before that is done (https://sqlite.org/walformat.html, sections 2.2 and
/// 2.3). Readers that come meanwhile get SQLITE_BUSY.
///
/// This process must not have the database open: closing the file would drop SQLite's locks.
final class RecoveryLock: Sendable {
    private let file: FileHandle

    private struct Failure: Error {
        let error = errno
    }

    /// Where the locks for writing, checkpoints and recovery stand, one byte each.
    private static let locks = (start: 120, count: 3)
    /// Both copies of the header.
    private static let headerBytes = 96

    /// Waits for the locks and invalidates the header.
    init(_ database: String) async throws {
        let file = try FileHandle(forUpdating: URL(filePath: database + "-shm"))
        self.file = file
        try await offThread {
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = Self.locks.start
            lock.l_len = Self.locks.count
            guard unsafe fcntl(file.fileDescriptor, F_SETLKW, &lock) == 0 else { throw Failure() }
            try file.write(contentsOf: Data(count: Self.headerBytes))
        }
    }

    /// Ends before it has recovered anything, as a program does that is killed: the next one recovers the log.
    func end() throws { try file.close() }
}
#endif
