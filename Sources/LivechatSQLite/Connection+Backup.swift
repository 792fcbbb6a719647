internal import CLivechatSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

extension Connection {
    /// Leaves the write-ahead log as it is when this connection closes, even if it is the last one.
    package func keepLogWhenClosing() throws(SQLiteError) {
        let code = unsafe livechat_sqlite_set_option(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, on: handle) }
    }

    /// Writes the log over itself and syncs it.
    ///
    /// Call it with the write lock, so that nothing is appended meanwhile.
    package func rewriteLog() throws(SQLiteError) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        try Self.check(unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file))
        guard let log = unsafe file, let methods = unsafe log.pointee.pMethods?.pointee else { return }
        var size: Int64 = 0
        try Self.check(unsafe methods.xFileSize(log, &size))
        let piece = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { unsafe piece.deallocate() }
        for place in stride(from: 0, to: size, by: 1 << 16) {
            let count = Int32(min(1 << 16, size - place))
            try Self.check(unsafe methods.xRead(log, piece, count, place))
            try Self.check(unsafe methods.xWrite(log, piece, count, place))
        }
        try Self.check(unsafe methods.xSync(log, SQLITE_SYNC_NORMAL))
    }

    private static func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK { throw SQLiteError(code: code, message: SQLiteError.text(of: code)) }
    }

    /// Copies the whole database, as the open transaction shows it, over what is in another one.
    ///
    /// Other connections go on reading and writing meanwhile. Open a read transaction first: the copy is of its
    /// snapshot, and need not restart when something is committed (https://sqlite.org/backup.html).
    ///
    /// The other database takes all of it in one transaction of its own.
    ///
    /// - Throws: `SQLiteError`; the other database is then as it was.
    package func copy(to other: borrowing Connection) throws(SQLiteError) {
        guard let backup = unsafe sqlite3_backup_init(other.handle, "main", handle, "main") else {
            throw unsafe SQLiteError(sqlite3_extended_errcode(other.handle), on: other.handle)
        }
        let step = unsafe sqlite3_backup_step(backup, -1)
        let end = unsafe sqlite3_backup_finish(backup)
        if end != SQLITE_OK { throw unsafe SQLiteError(end, on: other.handle) }
        // A lock that was not to be had ends a step, and is no error to the end.
        if step != SQLITE_DONE { throw SQLiteError(code: step, message: SQLiteError.text(of: step)) }
    }
}

/// Gives a finished file its final name, unless there is a file of that name, and brings both to the disk.
///
/// - Parameters:
///   - partial: The file under the name it was written under, in the same folder; no connection has it open.
///   - name: The final name.
///   - folder: The folder of both.
/// - Throws: ``FileError``; a file that had the name already is left alone.
package func publish(_ partial: String, as name: String, in folder: String) throws(FileError) {
    try FileError.check(unsafe livechat_sqlite_sync(partial))
    try FileError.check(unsafe livechat_sqlite_rename_new(partial, name))
    try FileError.check(unsafe livechat_sqlite_sync(folder))
}

/// Makes an empty file that only its owner may read and write, whatever the umask.
///
/// - Throws: ``FileError`` when there is a file of that name, or none can be made.
package func makePrivateFile(_ path: String) throws(FileError) {
    try FileError.check(unsafe livechat_sqlite_make_private_file(path))
}

/// Renames a file, unless there is a file of the new name.
///
/// - Throws: ``FileError``; nothing has changed then.
package func rename(_ path: String, toNew name: String) throws(FileError) {
    try FileError.check(unsafe livechat_sqlite_rename_new(path, name))
}

/// Why a file was not made or did not get its name.
package struct FileError: Error, CustomStringConvertible {
    private let code: Int32

    fileprivate static func check(_ code: Int32) throws(FileError) {
        if code != 0 { throw FileError(code: code) }
    }

    /// Whether there is a file of that name.
    package var isTaken: Bool { livechat_sqlite_is_taken(code) != 0 }

    /// Whether there is no room left on the disk, or in the user's share of it.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// The system's own words.
    package var description: String { unsafe String(cString: livechat_sqlite_words(code)) }
}
