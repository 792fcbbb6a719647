import CTrials

/// What can go wrong beneath SQLite.
enum Fault: String, CaseIterable, Sendable {
    case read, readInPieces, write, writeHalf, writeInPieces, noSpace, sync, truncate, size, lock, sharedMap, sharedLock
    case open, access, delete, memory, fileLimit, smallDisk

    /// Every call of the file system that can fail.
    static let ofFiles = allCases.filter { $0.code != nil && $0 != .memory }
    /// A disk that is really full.
    static let ofDisks: [Fault] = [.fileLimit, .smallDisk]

    /// What it is beneath SQLite; nil where the system itself fails.
    var code: ctrials_fault? {
        switch self {
        case .fileLimit, .smallDisk: nil
        case .read: CTRIALS_READ
        case .readInPieces: CTRIALS_READ_IN_PIECES
        case .write: CTRIALS_WRITE
        case .writeHalf: CTRIALS_WRITE_HALF
        case .writeInPieces: CTRIALS_WRITE_IN_PIECES
        case .noSpace: CTRIALS_NO_SPACE
        case .sync: CTRIALS_SYNC
        case .truncate: CTRIALS_TRUNCATE
        case .size: CTRIALS_SIZE
        case .lock: CTRIALS_LOCK
        case .sharedMap: CTRIALS_SHARED_MAP
        case .sharedLock: CTRIALS_SHARED_LOCK
        case .open: CTRIALS_OPEN
        case .access: CTRIALS_ACCESS
        case .delete: CTRIALS_DELETE
        case .memory: CTRIALS_MEMORY
        }
    }

    /// What a table calls it.
    var words: String {
        switch self {
        case .read: "a read fails"
        case .readInPieces: "the system reads half of what was asked for"
        case .write: "a write fails"
        case .writeHalf: "a write fails half-way"
        case .writeInPieces: "the system writes half of what was asked for"
        case .noSpace: "the disk is full (write, sync, longer file, new file, shared memory)"
        case .sync: "a sync fails"
        case .truncate: "a truncation fails"
        case .size: "a file's size cannot be had"
        case .lock: "a file lock fails"
        case .sharedMap: "shared memory cannot be mapped"
        case .sharedLock: "a lock in shared memory fails"
        case .open: "a file cannot be opened"
        case .access: "it cannot be told whether a file exists"
        case .delete: "a file cannot be deleted"
        case .memory: "an allocation fails"
        case .fileLimit: "no file may become longer than a limit (RLIMIT_FSIZE)"
        case .smallDisk: "a real disk is full (tmpfs)"
        }
    }

    /// Whether a commit that was answered with an error may be found later.
    ///
    /// The commit's record stands whole in the log by then, and what failed came after it: the sync, or making room in
    /// the shared memory for the log's index. A recovery of the log may find it.
    var leavesCommitsOpen: Bool {
        switch self {
        case .sync, .noSpace, .sharedMap, .memory, .fileLimit, .smallDisk: true
        default: false
        }
    }

    /// Whether it can make a sync fail, after which the database answers errors until it is opened again.
    var failsSyncs: Bool { self == .sync || self == .noSpace }

    /// Whether a mapping of the file would hide it.
    var needsReads: Bool { self == .read || self == .readInPieces }
}
