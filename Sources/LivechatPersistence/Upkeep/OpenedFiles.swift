internal import LivechatJoin
internal import LivechatSQLite
internal import Logging
internal import Synchronization

/// The database, its log and its index, as they were when they were opened, and whether the disk still takes writes.
///
/// A file that is replaced or removed while it is open lives on without a name, and all that is written to it goes with
/// the last process that has it open. SQLite does not look, so we do: at the path, since a descriptor of ours would
/// drop SQLite's locks when it is closed.
final class OpenedFiles: Sendable {
    private struct File: Sendable {
        let path: String
        let identity: FileIdentity?
    }

    private let files: [File]
    /// The database, where it is read without locks.
    private let quietFile: QuietFile?
    private let logger: Logger
    /// Until when the last look counts for `requireUsableLately`.
    private let trustedUntil = Mutex(ContinuousClock.now)
    private let hasSecondName = Atomic(false)
    private let syncHasFailed = Atomic(false)

    /// How long that is.
    private static let trust = Duration.milliseconds(1)

    /// Looks at the files of a connection that has read something, which opens all three of them.
    ///
    /// - Parameters:
    ///   - path: The path that was given, which may be a symbolic link.
    ///   - fileName: The path that SQLite has made of it; the log and the index stand beside that.
    ///   - quietFile: The database, where it is read without locks; there is no log and no index then.
    ///   - logger: Receives a warning when the database gets a second name, and an error when a sync fails.
    init(path: String, fileName: String, quietFile: QuietFile? = nil, logger: Logger) {
        // A relative one would name another file once the program has changed its folder.
        let link = path.utf8.first == UInt8(ascii: "/") && path != fileName ? [path] : []
        let suffixes = quietFile == nil ? ["", "-wal", "-shm"] : [""]
        let paths = suffixes.map { fileName + $0 } + link
        files = paths.map { File(path: $0, identity: FileIdentity(path: $0)) }
        self.quietFile = quietFile
        self.logger = logger
    }

    /// Whether each of them still stands where it was opened.
    var areInPlace: Bool {
        let now = ContinuousClock.now
        let areInPlace = files.enumerated().allSatisfy { index, file in
            guard let identity = file.identity, let status = FileStatus(path: file.path) else { return false }
            if index == 0, status.names > 1 { warnOfSecondName(file.path) }
            return status.identity == identity
        }
        trustedUntil.withLock { $0 = areInPlace ? now + Self.trust : now }
        return areInPlace
    }

    private func warnOfSecondName(_ path: String) {
        guard !hasSecondName.exchange(true, ordering: .relaxed) else { return }
        logger.warning(
            "the database has a second name (a hard link): a program that opens it by that one loses commits",
            metadata: ["database": "\(path)"]
        )
    }

    /// Refuses to go on with files that nobody else can see, or a disk that has lost a write.
    func requireUsable() throws(SQLiteError) {
        if hasFailedSync { throw .failedSync }
        guard areInPlace else { throw .moved }
    }

    /// The same, unless the files were seen in place a moment ago: a join looks before it is decided, before it is
    /// written and after its commit, and only the last look can tell that it counts.
    func requireUsableLately() throws(SQLiteError) {
        if hasFailedSync { throw .failedSync }
        if ContinuousClock.now >= trustedUntil.withLock({ $0 }) { try requireUsable() }
    }

    /// Refuses what was read without locks while somebody wrote.
    func requireUnchanged() throws(LivechatStoreError) { try quietFile?.requireUnchanged() }

    // MARK: A sync that failed

    /// Whether a sync has failed.
    ///
    /// The system may have dropped what it could not write, and a later sync that succeeds tells nothing of it, so
    /// nothing is decided or written until the program restarts; the log still has all of it.
    var hasFailedSync: Bool { syncHasFailed.load(ordering: .relaxed) }

    /// Takes note of an error if it is a failed sync.
    func note(_ error: any Error) {
        guard let error = error as? SQLiteError, error.isFailedSync,
            !syncHasFailed.exchange(true, ordering: .relaxed)
        else { return }
        logger.error(
            "a write could not be brought to the disk: nothing more is decided or written until the program restarts",
            metadata: ["database": "\(files[0].path)", "error": "\(error.message)"]
        )
    }
}
