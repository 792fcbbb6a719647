internal import CLivechatChecksum

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
        var identity = livechat_file_identity()
        // Passed as it is, the text would be copied first.
        let isThere = unsafe path.withCString { path in unsafe livechat_identify_file(path, &identity) }
        guard isThere != 0 else { return nil }
        device = identity.device
        number = identity.number
    }

    /// How long the file at a path is, in bytes; nil when there is none that can be seen.
    package static func size(path: String) -> Int? {
        var status = stat()
        return unsafe path.withCString { path in unsafe stat(path, &status) } == 0 ? Int(status.st_size) : nil
    }
}
