internal import Dispatch
internal import LivechatSQLite
internal import Synchronization

/// The database, its log and its index, as they were when they were opened.
///
/// A file that is replaced or removed while it is open lives on without a name, and all that is written to it goes with
/// the last process that has it open. SQLite does not look, so we do: at the path, since a descriptor of ours would drop
/// SQLite's locks when it is closed.
final class OpenedFiles: Sendable {
    private struct File: Sendable {
        let path: String
        let identity: FileIdentity?
    }

    private let files: [File]
    /// Until when the last look counts for `requireInPlaceLately`, in nanoseconds since the system started.
    private let trustedUntil = Atomic<UInt64>(0)

    /// How long that is, in nanoseconds.
    private static let trust: UInt64 = 1_000_000

    /// Looks at the files of a connection that has read something, which opens all three of them.
    ///
    /// - Parameters:
    ///   - path: The path that was given, which may be a symbolic link.
    ///   - fileName: The path that SQLite has made of it; the log and the index stand beside that.
    init(path: String, fileName: String) {
        // A relative one would name another file once the program has changed its folder.
        let link = path.utf8.first == UInt8(ascii: "/") && path != fileName ? [path] : []
        let paths = link + ["", "-wal", "-shm"].map { fileName + $0 }
        files = paths.map { File(path: $0, identity: FileIdentity(path: $0)) }
    }

    /// Whether each of them still stands where it was opened.
    var areInPlace: Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        let areInPlace = files.allSatisfy { file in
            file.identity != nil && FileIdentity(path: file.path) == file.identity
        }
        trustedUntil.store(areInPlace ? now + Self.trust : 0, ordering: .relaxed)
        return areInPlace
    }

    /// Refuses to go on with files that nobody else can see.
    func requireInPlace() throws(SQLiteError) {
        guard areInPlace else { throw .moved }
    }

    /// Refuses to begin with files that nobody else can see, unless they were seen in place a moment ago: a join looks before it
    /// is decided, before it is written and after its commit, and only the last look can tell that it counts.
    func requireInPlaceLately() throws(SQLiteError) {
        if DispatchTime.now().uptimeNanoseconds >= trustedUntil.load(ordering: .relaxed) { try requireInPlace() }
    }
}
