internal import CLivechatChecksum
internal import CLivechatSQLite

/// The checksum that goes from frame to frame of a write-ahead log (https://sqlite.org/fileformat2.html#walformat).
package struct LogChecksum: Equatable, Sendable {
    /// How four bytes are a number.
    private let isBigEndian: Bool
    package private(set) var first: UInt32
    package private(set) var second: UInt32

    /// Begins anew.
    package init(isBigEndian: Bool) {
        self.isBigEndian = isBigEndian
        first = 0
        second = 0
    }

    /// Goes on from what is stored, in a log of the same kind.
    package init(goingOnFrom other: Self, _ first: UInt32, _ second: UInt32) {
        isBigEndian = other.isBigEndian
        self.first = first
        self.second = second
    }

    /// Adds bytes, of which there are a multiple of eight.
    package mutating func add(_ bytes: ArraySlice<UInt8>) {
        var sums = (first, second)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe withUnsafeMutableBytes(of: &sums) { sums in
                let sums = unsafe sums.baseAddress?.assumingMemoryBound(to: UInt32.self)
                unsafe livechat_checksum_add(bytes.baseAddress, bytes.count, isBigEndian ? 1 : 0, sums)
            }
        }
        (first, second) = sums
    }
}

/// What a WAL-index says that somebody has left behind: how far the log was committed
/// (https://sqlite.org/walformat.html section 2.1).
///
/// SQLite writes it after a commit is on the disk, where the commit is to survive a loss of power, and begins it anew
/// when the first process opens the database. Until then it tells how long the log has to be at least.
package struct LeftLogIndex: Equatable, Sendable {
    /// How many frames of the log had been committed.
    package let frames: Int
    /// How many of them are in the database too.
    package let framesWrittenBack: Int
    /// The salts of the log that it is about, as they stand in the file.
    package let salts: ArraySlice<UInt8>

    /// What there is to read.
    package enum Found {
        case index(LeftLogIndex)
        /// None, or none that says something: it is not whole, or the machine has been started since it was written.
        case nothing
        /// This process has the database open, which looked at its log before.
        case inUse
    }

    /// Reads it.
    ///
    /// - Parameter path: The database, with links resolved.
    package static func find(besideDatabase path: String) -> Found {
        var bytes = [UInt8](repeating: 0, count: 136)
        let result = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe livechat_checksum_read_index(path, buffer.baseAddress)
        }
        if result < 0 { return .inUse }
        return result == 1 ? LeftLogIndex(bytes).map(Found.index) ?? .nothing : .nothing
    }

    /// Takes the bytes of an index; nil when they are not whole.
    package init?(_ bytes: [UInt8]) {
        // Two copies, since somebody may have ended while one was written.
        guard bytes.count >= 136, bytes[..<48] == bytes[48..<96], bytes[12] == 1 else { return nil }
        // Numbers of the machine's own, and its processes alone read them: little-endian wherever Swift runs.
        func number(_ place: Int) -> UInt32 { bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
        var sum = LogChecksum(isBigEndian: false)
        sum.add(bytes[..<40])
        guard number(0) == 3_007_000, sum.first == number(40), sum.second == number(44) else { return nil }
        frames = Int(number(16))
        framesWrittenBack = Int(number(96))
        salts = bytes[32..<40]
    }
}

/// Reads a part of a write-ahead log.
///
/// - Parameters:
///   - path: The log.
///   - offset: Where the part begins.
///   - count: How many bytes it has.
/// - Returns: Fewer bytes at the end of the log, and none when there is no log.
/// - Throws: `SQLiteError` when the log cannot be read.
package func readLog(_ path: String, at offset: Int, count: Int) throws(SQLiteError) -> [UInt8] {
    var read = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        unsafe read = livechat_checksum_read_log(path, offset, buffer.baseAddress, count)
        initialized = max(0, read)
    }
    guard read >= 0 else {
        let words = unsafe String(cString: livechat_sqlite_words(Int32(-read)))
        throw SQLiteError(code: SQLITE_CANTOPEN, message: "the log cannot be read: \(words)")
    }
    return bytes
}
