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
    package enum Kind: Sendable { case regular, folder, pipe, other }

    package let identity: FileIdentity
    package let kind: Kind
    /// In bytes.
    package let size: Int
    /// How many names it has.
    package let names: Int
    /// Whether it is mounted by itself; false where the system does not tell.
    package let isMounted: Bool

    /// Looks at the file; nil when there is none that can be seen.
    package init?(path: String) {
        var file = livechat_sqlite_file()
        // Passed as it is, the text would be copied first.
        guard unsafe path.withCString({ path in unsafe livechat_sqlite_look(path, &file) }) == 0 else { return nil }
        identity = FileIdentity(device: file.device, number: file.number)
        switch mode_t(file.mode) & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        case S_IFIFO: kind = .pipe
        default: kind = .other
        }
        size = Int(clamping: file.size)
        names = Int(file.names)
        isMounted = file.is_mounted != 0
    }
}
