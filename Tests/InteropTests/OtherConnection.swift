import CLivechatSQLite

/// A connection of this process as a host opens one: SQLite's default file system, foreign keys off, no options.
@safe final class OtherConnection {
    struct Failure: Error, CustomStringConvertible {
        let code: Int32
        let description: String
    }

    private let handle: OpaquePointer

    init(_ path: String, timeout: Int32 = 60_000) throws {
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open(path, &opened)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            unsafe sqlite3_close(opened)
            throw Failure(code: code, description: "\(path) cannot be opened")
        }
        unsafe self.handle = handle
        unsafe sqlite3_busy_timeout(handle, timeout)
    }

    deinit { unsafe sqlite3_close(handle) }

    /// Runs a script.
    ///
    /// - Returns: The rows, columns parted by `|`, as the shell prints them.
    /// - Throws: `Failure` at the first statement that fails.
    @discardableResult
    func run(_ script: String) throws -> [String] {
        var rows: [String] = []
        var rest = Array(script.utf8CString)
        while rest.count > 1 {
            var statement: OpaquePointer?
            defer { unsafe sqlite3_finalize(statement) }
            let used = try unsafe rest.withUnsafeBufferPointer { text in
                var tail: UnsafePointer<CChar>?
                try unsafe check(sqlite3_prepare_v2(handle, text.baseAddress, -1, &statement, &tail))
                return unsafe text.baseAddress!.distance(to: tail!)
            }
            rest.removeFirst(used)
            guard unsafe statement != nil else { continue }
            var code = unsafe sqlite3_step(statement)
            while code == SQLITE_ROW {
                rows.append(unsafe Self.row(of: statement))
                code = unsafe sqlite3_step(statement)
            }
            if code != SQLITE_DONE { try check(code) }
        }
        return rows
    }

    private static func row(of statement: OpaquePointer?) -> String {
        unsafe (0..<sqlite3_column_count(statement)).map { column in
            unsafe sqlite3_column_text(statement, column).map { unsafe String(cString: $0) } ?? ""
        }
        .joined(separator: "|")
    }

    /// Copies the database into a new file with SQLite's backup call, a few pages at a time.
    func backUp(to path: String) throws {
        let copy = try OtherConnection(path)
        let backup = unsafe sqlite3_backup_init(copy.handle, "main", handle, "main")
        var code = unsafe sqlite3_backup_step(backup, 5)
        while [SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED].contains(code) { code = unsafe sqlite3_backup_step(backup, 5) }
        let end = unsafe sqlite3_backup_finish(backup)
        if end != SQLITE_OK { try copy.check(end) }
    }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        throw Failure(code: code, description: unsafe String(cString: sqlite3_errmsg(handle)))
    }
}
