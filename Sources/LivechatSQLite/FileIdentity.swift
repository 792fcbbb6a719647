#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Which file stands at a path, asked without opening it: closing a descriptor of a database drops SQLite's locks on it.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Looks at the file; nil when there is none that can be seen.
    package init?(path: String) {
        guard let status = Self.status(path) else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// How long the file at a path is, in bytes; nil when there is none that can be seen.
    package static func size(path: String) -> Int? { status(path).map { Int($0.st_size) } }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        // Passed as it is, the text would be copied first.
        return unsafe path.withCString { path in unsafe stat(path, &status) } == 0 ? status : nil
    }
}
