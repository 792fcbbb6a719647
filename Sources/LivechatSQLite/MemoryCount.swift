internal import CLivechatSQLite
internal import Synchronization

/// Has SQLite keep no count of the memory that it uses, in the whole process.
///
/// - Throws: `SQLiteError` when SQLite was in use before it was first turned off.
package func turnOffMemoryCount() throws(SQLiteError) {
    if isOff.load(ordering: .acquiring) { return }
    let code = livechat_sqlite_without_memory_count()
    guard code == SQLITE_OK else {
        throw SQLiteError(code: code, message: "SQLite is in use already, and counts its memory from its first use on")
    }
    isOff.store(true, ordering: .releasing)
}

private let isOff = Atomic(false)
