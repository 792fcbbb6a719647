internal import CLivechatSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Which file stands at a path, asked without opening it: closing a descriptor of a database drops SQLite's locks on
/// it.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Looks at the file; nil when there is none that can be seen.
    package init?(path: String) {
        guard let status = FileStatus(path: path) else { return nil }
        self = status.identity
    }

    fileprivate init(device: UInt64, number: UInt64) {
        self.device = device
        self.number = number
    }
}

/// What the system tells of a file at a path.
package struct FileStatus: Sendable {
    /// What stands there.
    package enum Kind: Sendable { case regular, folder, other }

    package let identity: FileIdentity
    package let kind: Kind
    /// In bytes.
    package let size: Int
    /// How many names it has.
    package let names: Int

    /// Looks at the file; nil when there is none that can be seen.
    package init?(path: String) {
        var status = stat()
        // Passed as it is, the text would be copied first.
        guard unsafe path.withCString({ path in unsafe stat(path, &status) }) == 0 else { return nil }
        identity = FileIdentity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(status.st_size)
        names = Int(status.st_nlink)
    }

    /// Whether the file at a path is mounted by itself; false where the system does not tell.
    package static func isMounted(path: String) -> Bool {
        unsafe path.withCString { path in unsafe livechat_sqlite_is_mount(path) } != 0
    }
}
