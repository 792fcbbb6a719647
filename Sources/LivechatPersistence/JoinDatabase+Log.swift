internal import LivechatSQLite

extension JoinDatabase {
    /// How long the write-ahead log is, in bytes, for a metric.
    ///
    /// It grows with the work up to some four times ``Options/logBytes``, and is used anew then. When it grows beyond that, a
    /// process has been reading for long; which is logged too, and once it is done the file is cut back.
    public var logBytes: Int { FileIdentity.size(path: logPath) ?? 0 }
}
