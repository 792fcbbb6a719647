internal import LivechatSQLite

extension JoinDatabase {
    /// How long the write-ahead log is, in bytes, for a metric.
    ///
    /// It grows with the work up to some four times ``Options/logBytes`` and restarts then. It grows beyond that when a
    /// process reads for long; that is logged, and once the process is done the file is truncated.
    public var logBytes: Int { FileStatus(path: logPath)?.size ?? 0 }
}
