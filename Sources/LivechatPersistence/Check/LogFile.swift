internal import LivechatSQLite

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// How far a write-ahead log can be read (https://sqlite.org/fileformat2.html#walformat).
///
/// SQLite ends a log at the first frame whose checksum is wrong and says nothing, because a loss of power leaves a
/// transaction half-written there. It begins the next one only when the last is on the disk, so a log that goes on for
/// more than the rest of one transaction has been damaged, and what goes on is lost.
struct LogFile: Equatable {
    /// The transactions that can be read.
    var commits = 0
    /// The frame from which on nothing can be read, from 1 on; nil when all can be.
    var brokenFrame: Int?
    /// The most ends of transactions behind it that follow from each other: a commit that was never finished and was
    /// begun again leaves one behind, but none that follow from it.
    var commitsBehind = 0

    /// Whether it has lost what was committed.
    var hasLost: Bool { commitsBehind > 1 }

    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    /// Reads the log beside a database, if there is one. No locks are on that file, so reading it drops none.
    init(besideDatabase path: String, pageSize: Int) throws {
        let url = URL(filePath: path + "-wal")
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        // Somebody may be writing at the same time: what is broken is believed when it is broken the same way again.
        var last = Self(try Self.read(url), pageSize: pageSize)
        for _ in 0..<3 where last.hasLost {
            let next = Self(try Self.read(url), pageSize: pageSize)
            defer { last = next }
            if next == last {
                self = last
                return
            }
        }
        if last.hasLost { last.commitsBehind = 0 }
        self = last
    }

    private static func read(_ url: URL) throws(SQLiteError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: url))
        } catch {
            // The last process that closes the database removes the log.
            guard FileManager.default.fileExists(atPath: url.path) else { return [] }
            throw SQLiteError(code: 14, message: "the log cannot be read: look at the permissions of \(url.path)")
        }
    }

    init(_ bytes: [UInt8], pageSize: Int) {
        guard bytes.count >= Self.headerBytes else { return }
        let magic = Self.bigEndian(bytes, 0)
        // Where the header itself is broken, the frames say among themselves what belongs together.
        var sum = Checksum(isBigEndian: magic & 1 == 1)
        sum.add(bytes[..<24])
        var isReadable =
            magic & ~1 == 0x377f_0682 && Int(Self.bigEndian(bytes, 8)) == pageSize && sum.matches(bytes, 24)
        let salts = isReadable ? bytes[16..<24] : bytes.dropFirst(Self.headerBytes + 8).prefix(8)
        let frameBytes = Self.frameHeaderBytes + pageSize
        var number = 0
        var following = sum
        var commitsFollowing = 0
        for start in stride(from: Self.headerBytes, through: bytes.count - frameBytes, by: frameBytes) {
            number += 1
            guard bytes[start + 8..<start + 16].elementsEqual(salts) else {
                // What an earlier log has left behind, or one frame that is broken.
                if isReadable { brokenFrame = number }
                isReadable = false
                continue
            }
            let endsTransaction = Self.bigEndian(bytes, start + 4) != 0
            if isReadable {
                sum.add(bytes[start..<start + 8])
                sum.add(bytes[start + Self.frameHeaderBytes..<start + frameBytes])
                isReadable = sum.matches(bytes, start + 16)
            }
            if isReadable {
                if endsTransaction { commits += 1 }
            } else {
                if brokenFrame == nil { brokenFrame = number }
                following.add(bytes[start..<start + 8])
                following.add(bytes[start + Self.frameHeaderBytes..<start + frameBytes])
                if !following.matches(bytes, start + 16) {
                    following = Checksum(isBigEndian: magic & 1 == 1, bytes, start + 16)
                    commitsFollowing = 0
                }
                if endsTransaction { commitsFollowing += 1 }
                commitsBehind = max(commitsBehind, commitsFollowing)
            }
        }
        if commitsBehind == 0 { brokenFrame = nil }
    }

    private static func bigEndian(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The checksum that goes from frame to frame (section 4.2 of the format).
    private struct Checksum {
        let isBigEndian: Bool
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

        /// Goes on from one that is stored.
        init(isBigEndian: Bool, _ bytes: [UInt8], _ place: Int) {
            self.isBigEndian = isBigEndian
            first = LogFile.bigEndian(bytes, place)
            second = LogFile.bigEndian(bytes, place + 4)
        }

        mutating func add(_ bytes: ArraySlice<UInt8>) {
            var place = bytes.startIndex
            while place + 8 <= bytes.endIndex {
                first &+= word(bytes, place) &+ second
                second &+= word(bytes, place + 4) &+ first
                place += 8
            }
        }

        private func word(_ bytes: ArraySlice<UInt8>, _ place: Int) -> UInt32 {
            let word =
                UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16 | UInt32(bytes[place + 2]) << 8
                | UInt32(bytes[place + 3])
            return isBigEndian ? word : word.byteSwapped
        }

        func matches(_ bytes: [UInt8], _ place: Int) -> Bool {
            bigEndian(bytes, place) == first && bigEndian(bytes, place + 4) == second
        }
    }
}

extension DatabaseChecker {
    /// Looks at what waits in the write-ahead log, and whether all of it can be read.
    func log(_ connection: borrowing Connection) throws -> DatabaseCheck {
        let pageSize = Int(try connection.integer("PRAGMA page_size") ?? 0)
        let log = try LogFile(besideDatabase: connection.fileName, pageSize: pageSize)
        guard log.hasLost, let frame = log.brokenFrame else {
            return DatabaseCheck("log", log.commits == 0 ? "empty" : "all \(log.commits) commits in it can be read")
        }
        return DatabaseCheck(
            "log",
            "broken at frame \(frame), with \(log.commitsBehind) commits behind that are lost",
            remedy: "what was changed last may be undone, a token revoked or a room closed too: look it over or "
                + "\(Self.restore) (a loss of power does this only where durability is normal)"
        )
    }
}
