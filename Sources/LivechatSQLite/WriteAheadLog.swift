internal import CLivechatChecksum
internal import CLivechatSQLite

/// The state of the write-ahead log as every process sees it: two equal states have no commit between them.
///
/// These are the 48 bytes of the WAL-index header (https://sqlite.org/walformat.html, section 2.1): the change counter,
/// the number of frames, the size of the database, the salts and the checksums.
package struct WriteAheadLogState: Equatable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    init(_ words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    package static func == (one: Self, other: Self) -> Bool { one.words == other.words }

    /// The pages that the log holds, each as large as a page of the database.
    package var frames: Int { Int(UInt32(truncatingIfNeeded: words.2)) }

    /// Drawn anew whenever the log is begun anew: the two salts.
    package var salts: UInt64 { words.4 }
}

/// SQLite's own mapping of the WAL-index, for looking at it without a transaction.
///
/// It is good for as long as the connection that it came from is open, so it lives beside that connection.
@safe
package struct WriteAheadLogIndex {
    private let index: UnsafeRawPointer
    private let losses: UnsafePointer<Int32>

    /// Takes the mapping of a connection.
    ///
    /// - Returns: nil when the connection has read nothing yet, or has no write-ahead log.
    package init?(_ connection: borrowing Connection) {
        guard let index = unsafe connection.writeAheadLogIndex,
            let losses = unsafe livechat_checksum_losses(connection.handle)
        else { return nil }
        unsafe self.index = index
        unsafe self.losses = losses
    }

    /// The state now.
    package var state: WriteAheadLogState {
        var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { bytes in
            let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt64.self)
            unsafe livechat_sqlite_read_wal_header(index, base)
        }
        return WriteAheadLogState(words)
    }

    /// How many frames of the log have been written back into the database.
    package var framesWrittenBack: Int { Int(unsafe livechat_sqlite_read_wal_backfill(index)) }

    /// Refuses what was read since the database or its index was cut.
    package func requireWhole() throws(SQLiteError) {
        if unsafe isLost(losses) { throw .checksum }
    }
}

extension Connection {
    /// Has a checkpoint that keeps others from writing fail (`SQLiteError.isBlocked`) where another has the write lock. SQLite
    /// would carry it on without (https://sqlite.org/c3ref/wal_checkpoint_v2.html), beside a commit that may begin the log anew.
    ///
    /// - Returns: Whether it will.
    package func needWriteLockToCheckpoint() -> Bool { unsafe livechat_checksum_need_write_lock(handle) != 0 }

    /// Brings to the disk what checkpoints have written back, so that the one that ends in a sync has less of it to do.
    ///
    /// - Throws: `SQLiteError` when it failed, twice; the next checkpoint that syncs makes it good.
    package func syncDatabase() throws(SQLiteError) {
        let code = unsafe livechat_checksum_sync(handle)
        guard code == SQLITE_OK else {
            let text = SQLiteError.text(of: code)
            throw SQLiteError(code: code, message: "what was written back could not be brought to the disk: \(text)")
        }
    }

    /// Refuses what was read since the database or its index was cut.
    func requireWhole() throws(SQLiteError) {
        if let losses = unsafe livechat_checksum_losses(handle), unsafe isLost(losses) { throw .checksum }
    }
}

private func isLost(_ losses: UnsafePointer<Int32>) -> Bool {
    unsafe livechat_checksum_load(losses) != 0 || livechat_checksum_load(losses + 1) != 0
}

/// Has the process go on when a file that it has mapped is cut, instead of being ended with SIGBUS.
package func surviveCutFiles() { livechat_checksum_survive_cuts() }
