internal import LivechatSQLite

extension JoinDatabase {
    /// How long the write-ahead log is, in bytes, for a metric.
    ///
    /// It goes up and down with the work and stays below some four times ``Options/logBytes``. When it grows beyond that,
    /// a process has been reading for long; which is logged too.
    public var logBytes: Int { FileIdentity.size(path: logPath) ?? 0 }
}
