internal import LivechatJoin
internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A database that nobody has open, and that this user can open only without locks.
///
/// A database with a write-ahead log is read by way of the files beside it. Where they are not there and this user may
/// not make them, or they would be another user's obstacle, SQLite can read the file as it is (`immutable`). It takes
/// no lock then, so what it has read counts only if nobody has opened or changed the file meanwhile.
struct QuietFile: Sendable {
    private let path: String
    private let file: String
    private let size: Int
    private let changed: Date?

    /// Looks at the file; nil when it can be opened as usual.
    init?(path: String) {
        let file = DatabaseFile.resolved(path)
        guard !DatabaseFile.isWritable(path), Self.isAlone(file), let status = FileStatus(path: file) else {
            return nil
        }
        self.path = path
        self.file = file
        size = status.size
        changed = Self.changed(file)
    }

    /// Refuses what was read if somebody could have written meanwhile.
    func requireUnchanged() throws(LivechatStoreError) {
        guard Self.isAlone(file), FileStatus(path: file)?.size == size, Self.changed(file) == changed else {
            throw LivechatStoreError(.busy, "\(path) was opened or changed while it was read: read it again")
        }
    }

    /// Whether no program has left a log, an index or a journal beside the file.
    private static func isAlone(_ file: String) -> Bool {
        ["-wal", "-shm", "-journal"].allSatisfy { FileStatus(path: file + $0)?.size ?? 0 == 0 }
    }

    private static func changed(_ file: String) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date
    }
}
