#if Console
internal import NIOCore
internal import Synchronization

/// Where the console listens, and what a request's `Host` must therefore be: a page of another site whose name leads
/// here says its own name (DNS rebinding).
final class ConsoleAddress: Sendable {
    private let host: String
    private let bound = Mutex<Int?>(nil)

    init(host: String) { self.host = host }

    /// The port; nil until it is listened on.
    var port: Int? {
        get { bound.withLock { $0 } }
        set { bound.withLock { $0 = newValue } }
    }

    /// The address as a browser takes it.
    var url: String { "http://" + Self.authority(host, port ?? 0) }

    /// Whether a request means this console.
    ///
    /// Where it listens on every address of the machine, any address will do, but no name.
    func admits(_ authority: String?) -> Bool {
        guard let authority = authority?.lowercased(), let port else { return false }
        if authority == Self.authority(host.lowercased(), port) { return true }
        guard host == "0.0.0.0" || host == "::" else { return false }
        let name = port == 80 ? authority : String(authority.dropLast("\(port)".count + 1))
        guard authority == name || authority == "\(name):\(port)" else { return false }
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
        let bare = isBracketed ? String(name.dropFirst().dropLast()) : name
        return bare.contains(":") == isBracketed && (try? SocketAddress(ipAddress: bare, port: port)) != nil
    }

    /// A browser leaves the port out where it is HTTP's own.
    private static func authority(_ host: String, _ port: Int) -> String {
        (host.contains(":") ? "[\(host)]" : host) + (port == 80 ? "" : ":\(port)")
    }
}
#endif
