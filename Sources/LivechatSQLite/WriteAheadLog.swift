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

    /// Whether the log was recovered and nothing has been committed since, for which the change counter is 0.
    package var isRecovered: Bool { frames > 0 && UInt32(truncatingIfNeeded: words.1) == 0 }

    /// The two salts, which change whenever the log restarts.
    package var salts: UInt64 { words.4 }
}

/// SQLite's own mapping of the WAL-index, for looking at it without a transaction.
///
/// It is good for as long as the connection that it came from is open, so it lives beside that connection.
@safe
package struct WriteAheadLogIndex {
    private let index: UnsafeRawPointer

    /// Takes the mapping of a connection.
    ///
    /// It is nil when the connection has read nothing yet, or has no write-ahead log.
    package init?(_ connection: borrowing Connection) {
        guard let index = unsafe connection.writeAheadLogIndex else { return nil }
        unsafe self.index = index
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

    /// How many frames of the log have been checkpointed.
    package var checkpointedFrames: Int { Int(unsafe livechat_sqlite_read_wal_backfill(index)) }
}
