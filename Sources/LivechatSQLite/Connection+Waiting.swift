internal import CLivechatSQLite

extension Connection {
    /// Changes how long a statement waits for another connection's lock, in milliseconds; 0 fails at once.
    package func setBusyTimeout(_ milliseconds: Int32) { unsafe sqlite3_busy_timeout(handle, milliseconds) }
}
