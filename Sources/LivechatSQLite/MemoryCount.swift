internal import CLivechatSQLite

/// Has SQLite keep no count of the memory that it uses, in the whole process.
///
/// - Throws: `SQLiteError` when SQLite is in use already.
package func turnOffMemoryCount() throws(SQLiteError) {
    let code = livechat_sqlite_without_memory_count()
    guard code == SQLITE_OK else {
        throw SQLiteError(code: code, message: "SQLite is in use already, and counts its memory from its first use on")
    }
}
