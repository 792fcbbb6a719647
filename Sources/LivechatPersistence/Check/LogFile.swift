internal import LivechatSQLite

/// How far a write-ahead log can be read (https://sqlite.org/fileformat2.html#walformat).
///
/// SQLite ends a log at the first frame whose checksum is wrong and says nothing, because a loss of power leaves a
/// transaction half-written there. Two things tell damage from that. Where commits are brought to the disk, SQLite begins
/// a transaction only when the last is there, so a log that goes on for more than the rest of one transaction has been
/// damaged. And where the WAL-index is still the one that the last program has left, and the machine has not been started
/// since, it says how much had been committed.
struct LogFile: Equatable {
    /// The transactions that can be read.
    private(set) var commits = 0
    /// The frames that they have.
    private(set) var committedFrames = 0
    /// The frame from which on nothing can be read, from 1 on; nil when all can be.
    private(set) var brokenFrame: Int?
    /// The most ends of transactions behind it that follow from each other: a commit that was never finished and was
    /// begun again leaves one behind, but none that follow from it.
    private(set) var commitsBehind = 0
    /// Whether there is nothing in it.
    private(set) var isEmpty = true
    /// Whether there is a beginning that says which log it is.
    private(set) var hasHeader = false
    /// What tells this log from those that stood in the same file before.
    private var salts: ArraySlice<UInt8> = []

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24
    /// How much is read at a time.
    private static let readBytes = 1 << 20
    /// The size of a page where the log's beginning does not say it: SQLite's own choice.
    private static let usualPageSize = 4_096

    /// Reads a log; one that is not there is empty.
    init(_ path: String) throws(SQLiteError) {
        let header = try readLog(path, at: 0, count: Self.headerBytes)
        isEmpty = header.isEmpty
        guard header.count == Self.headerBytes else { return }
        let magic = Self.bigEndian(header[0...])
        var sum = LogChecksum(isBigEndian: magic & 1 == 1)
        sum.add(header[..<24])
        hasHeader = magic & ~1 == 0x377f_0682 && Self.matches(sum, header[24...])
        salts = header[16..<24]
        let claimed = Int(Self.bigEndian(header[8...]))
        let isSize = (512...65_536).contains(claimed) && claimed & (claimed - 1) == 0
        let frameBytes = Self.frameHeaderBytes + (isSize ? claimed : Self.usualPageSize)
        var walk = Walk(sum: sum, isReadable: hasHeader)
        var offset = Self.headerBytes
        while true {
            let part = try readLog(path, at: offset, count: max(1, Self.readBytes / frameBytes) * frameBytes)
            guard part.count >= frameBytes else { break }
            // Where the header itself is broken, the frames say among themselves what belongs together.
            if !hasHeader, offset == Self.headerBytes { salts = part[8..<16] }
            for start in stride(from: 0, through: part.count - frameBytes, by: frameBytes) {
                add(part[start..<start + frameBytes], &walk)
            }
            offset += part.count / frameBytes * frameBytes
        }
        if commitsBehind == 0 { brokenFrame = nil }
    }

    /// Where the reading is.
    private struct Walk {
        /// Of all frames, as long as they can be read.
        var sum: LogChecksum
        var isReadable: Bool
        var number = 0
        /// Of the frames behind the broken one that follow from each other.
        var following: LogChecksum?
        var commitsFollowing = 0
    }

    private mutating func add(_ frame: ArraySlice<UInt8>, _ walk: inout Walk) {
        walk.number += 1
        guard frame.dropFirst(8).prefix(8).elementsEqual(salts) else {
            // What an earlier log has left behind, or one frame that is broken.
            if walk.isReadable { brokenFrame = walk.number }
            walk.isReadable = false
            return
        }
        let stored = frame.dropFirst(16)
        let endsTransaction = Self.bigEndian(frame.dropFirst(4)) != 0
        let before = walk.sum
        if walk.isReadable {
            Self.add(frame, to: &walk.sum)
            walk.isReadable = Self.matches(walk.sum, stored)
        }
        if walk.isReadable {
            guard endsTransaction else { return }
            commits += 1
            committedFrames = walk.number
            return
        }
        if brokenFrame == nil { brokenFrame = walk.number }
        var following = walk.following ?? before
        Self.add(frame, to: &following)
        if !Self.matches(following, stored) {
            following = LogChecksum(goingOnFrom: following, Self.bigEndian(stored), Self.bigEndian(stored.dropFirst(4)))
            walk.commitsFollowing = 0
        }
        walk.following = following
        if endsTransaction { walk.commitsFollowing += 1 }
        commitsBehind = max(commitsBehind, walk.commitsFollowing)
    }

    private static func add(_ frame: ArraySlice<UInt8>, to sum: inout LogChecksum) {
        sum.add(frame.prefix(8))
        sum.add(frame.dropFirst(frameHeaderBytes))
    }

    private static func matches(_ sum: LogChecksum, _ stored: ArraySlice<UInt8>) -> Bool {
        bigEndian(stored) == sum.first && bigEndian(stored.dropFirst(4)) == sum.second
    }

    private static func bigEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// What of it has been lost, in words; nil when nothing has.
    ///
    /// - Parameter index: What the WAL-index says that was left behind, where there is one.
    func loss(_ index: LeftLogIndex?) -> String? {
        // An index may be another log's; a log that has no beginning can be no other.
        if let index, !hasHeader || salts.elementsEqual(index.salts) {
            // What stands behind is nobody's: it has been so since somebody began to use the log.
            guard index.frames > index.framesWrittenBack, committedFrames < index.frames else { return nil }
            return "short of \(index.frames - committedFrames) of the \(index.frames) frames that were committed"
                + (isEmpty ? " (if the database was put here without its log, move its -shm away)" : "")
        }
        guard let brokenFrame, commitsBehind > 1 else { return nil }
        return "broken at frame \(brokenFrame), with \(commitsBehind) commits behind that are lost"
    }

    /// What the log beside a database has lost, in words; nil when it has lost nothing, or this process uses it.
    ///
    /// - Parameter file: The database, with links resolved.
    /// - Throws: `SQLiteError` when the log cannot be read.
    static func loss(besideDatabase file: String) throws(SQLiteError) -> String? {
        var last: LogFile?
        // Somebody may be writing at the same time: what is broken is believed when it is broken the same way again.
        for _ in 0..<4 {
            let index: LeftLogIndex?
            switch LeftLogIndex.find(besideDatabase: file) {
            case .inUse: return nil
            case .index(let found): index = found
            case .nothing: index = nil
            }
            let log = try LogFile(file + "-wal")
            guard let loss = log.loss(index) else { return nil }
            if log == last { return loss }
            last = log
        }
        return nil
    }
}

extension DatabaseChecker {
    /// Says what waits in the write-ahead log, all of which can be read.
    static func log(_ connection: borrowing Connection) throws(SQLiteError) -> DatabaseCheck {
        let log = try LogFile(connection.fileName + "-wal")
        return DatabaseCheck("log", log.commits == 0 ? "empty" : "all \(log.commits) commits in it can be read")
    }
}
