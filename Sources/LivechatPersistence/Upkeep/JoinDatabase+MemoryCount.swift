public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Turns off SQLite's count of the memory it uses, which makes decisions faster, above all on several threads.
    ///
    /// For that count SQLite takes a lock of the whole process with everything that it allocates
    /// (https://sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus). Without it
    /// `sqlite3_memory_used` answers 0 and limits of SQLite's heap do nothing, for everybody in the process, which is
    /// why no database does it by itself: call it first thing in a program that is yours, before another thread can use
    /// SQLite. To call it again changes nothing. `livechat-join` calls it.
    ///
    /// ```swift
    /// try JoinDatabase.turnOffMemoryCount()
    /// let database = try JoinDatabase(path: "chat.db")
    /// ```
    ///
    /// - Throws: `LivechatStoreError` when something in the process has used SQLite before; nothing has changed then.
    public static func turnOffMemoryCount() throws(LivechatStoreError) {
        do {
            try LivechatSQLite.turnOffMemoryCount()
        } catch {
            throw LivechatStoreError(.storage, "\(error.message): turn the count off when the program starts")
        }
    }
}
