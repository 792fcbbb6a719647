internal import CLivechatSQLite

/// A prepared statement; finalized when the value is destroyed.
///
/// Bind the values, then run it with `run`, `first` or `eachRow`, which reset it and clear its bindings. It keeps
/// its connection's memory alive, so the two may be destroyed in any order.
@safe
package struct Statement: ~Copyable {
    private let handle: OpaquePointer

    init(sql: String, on connection: OpaquePointer, persistent: Bool) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = unsafe sqlite3_prepare_v3(connection, sql, -1, flags, &prepared, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, on: connection, sql: sql) }
        guard let handle = unsafe prepared else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "no statement", sql: sql)
        }
        unsafe self.handle = handle
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// How often SQLite has compiled the statement again because the schema had changed
    /// (https://sqlite.org/c3ref/c_stmtstatus_counter.html).
    package var recompilations: Int32 { unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0) }

    /// The statement as it was prepared.
    package var sql: String { unsafe String(cString: sqlite3_sql(handle)) }

    // MARK: Binding

    /// Binds an integer.
    package func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_int64(handle, index, value))
    }

    /// Binds an integer or NULL.
    package func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        try bind(index, value)
    }

    /// Binds 1 or 0.
    package func bind(_ index: Int32, _ value: Bool) throws(SQLiteError) {
        try bind(index, value ? 1 : 0 as Int64)
    }

    /// Binds a floating-point number or NULL.
    package func bind(_ index: Int32, _ value: Double?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        try check(unsafe sqlite3_bind_double(handle, index, value))
    }

    /// Binds text or NULL; its length travels with it, so a NUL byte is a byte like any other.
    package func bind(_ index: Int32, _ value: String?) throws(SQLiteError) {
        guard let value else { return try bindNull(index) }
        try bind(index, bytes: value.utf8Span.span, asText: true)
    }

    /// Binds a blob.
    package func bind(_ index: Int32, _ value: Span<UInt8>) throws(SQLiteError) {
        try bind(index, bytes: value, asText: false)
    }

    /// Takes back what was bound, where the statement is not run after all.
    package func clear() { reset() }

    private func bindNull(_ index: Int32) throws(SQLiteError) {
        try check(unsafe sqlite3_bind_null(handle, index))
    }

    private func bind(_ index: Int32, bytes: Span<UInt8>, asText: Bool) throws(SQLiteError) {
        assertIdle()
        let count = UInt64(bytes.count)
        try check(
            unsafe bytes.withUnsafeBytes { source in
                unsafe asText
                    ? livechat_sqlite_bind_text_copy(handle, index, source.baseAddress, count)
                    : livechat_sqlite_bind_blob_copy(handle, index, source.baseAddress, count)
            }
        )
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        guard code == SQLITE_OK else {
            throw unsafe SQLiteError(code, on: sqlite3_db_handle(handle), sql: sql)
        }
    }

    // MARK: Running

    /// Runs the statement to its end and passes over any rows.
    package func run() throws(SQLiteError) {
        assertIdle()
        defer { reset() }
        while try step() {}
    }

    /// Runs an insert, update or delete to its end.
    ///
    /// - Returns: How many rows it changed.
    package func runAndCount() throws(SQLiteError) -> Int64 {
        try run()
        return unsafe sqlite3_changes64(sqlite3_db_handle(handle))
    }

    /// Runs an insert of one row.
    ///
    /// - Returns: The key that the row got, or nil when there was one like it already.
    package func insert() throws(SQLiteError) -> Int64? {
        try runAndCount() == 0 ? nil : unsafe sqlite3_last_insert_rowid(sqlite3_db_handle(handle))
    }

    /// Runs the statement to its first row.
    ///
    /// Inlinable, so that the type of the result need not be made at run time.
    ///
    /// - Returns: What `decode` makes of that row, or nil when there is none.
    @inlinable
    package func first<Result>(_ decode: (borrowing Row) -> Result) throws(SQLiteError) -> Result? {
        var result: Result?
        try lendFirst { row in result = decode(row) }
        return result
    }

    /// Whether the statement has a row.
    package func hasRow() throws(SQLiteError) -> Bool {
        var hasRow = false
        try lendFirst { _ in hasRow = true }
        return hasRow
    }

    /// Runs the statement to its first row and lends that, if there is one.
    package func lendFirst(_ body: (borrowing Row) -> Void) throws(SQLiteError) {
        assertIdle()
        do throws(SQLiteError) {
            if try step() { body(unsafe Row(handle: handle)) }
        } catch {
            reset()
            throw error
        }
        // Left at its first row, a statement ends only now, and with it a transaction of its own: its commit may fail.
        // A value that found no memory is reported here too.
        let end = reset()
        guard end == SQLITE_OK else { throw unsafe SQLiteError(end, on: sqlite3_db_handle(handle), sql: sql) }
    }

    /// Runs the statement and lends each row in turn.
    package func eachRow(_ body: (borrowing Row) -> Void) throws(SQLiteError) {
        assertIdle()
        defer { reset() }
        while try step() { body(unsafe Row(handle: handle)) }
    }

    /// Runs the statement and lends each row in turn to work that can fail.
    package func eachRowThrowing(_ body: (borrowing Row) throws -> Void) throws {
        assertIdle()
        defer { reset() }
        while try step() { try body(unsafe Row(handle: handle)) }
    }

    /// Runs the statement and lends each row in turn, until `body` returns false.
    package func rows(while body: (borrowing Row) throws -> Bool) throws {
        assertIdle()
        defer { reset() }
        while try step(), try body(unsafe Row(handle: handle)) {}
    }

    /// A statement is used by one thread, for one thing at a time: not again from inside its own rows.
    private func assertIdle() {
        assert(unsafe sqlite3_stmt_busy(handle) == 0, "the statement is running: \(sql)")
    }

    private func step() throws(SQLiteError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw unsafe SQLiteError(code, on: sqlite3_db_handle(handle), sql: sql)
        }
    }

    /// Makes the statement ready to be run again.
    ///
    /// - Returns: The error of the last step, or that of ending a statement that had rows left.
    @discardableResult
    private func reset() -> Int32 {
        let code = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
        return code
    }
}
