#if Server
internal import LivechatJoin
internal import Logging
internal import NIOCore
internal import Synchronization

/// Which client a request counts for: the peer of its connection, or behind proxies the one that they name in
/// `X-Forwarded-For` (contract C10).
///
/// Each proxy appends the address that it was called from. Only what the trusted ones have appended is believed, so
/// the entry is counted from the right: what a client sends itself stands to the left of it.
final class ClientRule: Sendable {
    private let trustedProxies: Int
    private let logger: Logger
    private let hasWarned = Atomic(false)

    init(trustedProxies: Int, _ logger: Logger) {
        self.trustedProxies = trustedProxies
        self.logger = logger
    }

    /// Finds the client.
    ///
    /// - Parameters:
    ///   - forwardedFor: The values of all `X-Forwarded-For`, in their order; nil where there is none.
    ///   - peer: The other end of the connection.
    ///   - requestID: The id of the request, for a warning.
    /// - Returns: The peer where an entry is missing or malformed.
    func client(_ forwardedFor: String?, peer: JoinClient?, requestID: String) -> JoinClient? {
        guard let forwardedFor else { return peer }
        guard trustedProxies > 0 else {
            warnOnce(Logger.Metadata(request: requestID, client: peer))
            return peer
        }
        return entry(forwardedFor).flatMap(Self.client) ?? peer
    }

    private func warnOnce(_ metadata: @autoclosure () -> Logger.Metadata) {
        if hasWarned.load(ordering: .relaxed) || hasWarned.exchange(true, ordering: .relaxed) { return }
        logger.warning(
            """
            X-Forwarded-For is ignored, and all clients of a proxy share one rate limit: if requests come through \
            proxies of yours, give their number with --trusted-proxies (JoinServerOptions.trustedProxies)
            """,
            metadata: metadata()
        )
    }

    /// The entry that the outermost trusted proxy has appended. Read as bytes: a comma may begin a longer character.
    private func entry(_ forwardedFor: String) -> Substring.UTF8View? {
        let comma = UInt8(ascii: ",")
        var rest = forwardedFor[...].utf8
        for _ in 1..<trustedProxies {
            guard let end = rest.lastIndex(of: comma) else { return nil }
            rest = rest[..<end]
        }
        return rest.lastIndex(of: comma).map { rest[rest.index(after: $0)...] } ?? rest
    }

    /// Reads an entry: an address, with or without a port, IPv6 with a port in brackets.
    private static func client(_ entry: Substring.UTF8View) -> JoinClient? {
        let start = entry.drop { $0.isSpace }
        let text = start[..<(start.lastIndex { !$0.isSpace }.map(start.index(after:)) ?? start.startIndex)]
        let colon = UInt8(ascii: ":")
        var (host, port) = (text, text[text.endIndex...])
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            (host, port) = (text[..<end].dropFirst(), text[text.index(after: end)...])
            guard host.contains(colon) else { return nil }
        } else if let end = text.firstIndex(of: colon), end == text.lastIndex(of: colon) {
            (host, port) = (text[..<end], text[end...])
        }
        // A zone (`fe80::1%eth0`) names an interface of the proxy's machine.
        guard !host.contains(UInt8(ascii: "%")), port.isEmpty || isPort(port, after: colon) else { return nil }
        return (try? SocketAddress(ipAddress: String(Substring(host)), port: 0)).flatMap { JoinClient($0) }
    }

    private static func isPort(_ text: Substring.UTF8View, after colon: UInt8) -> Bool {
        let digits = text.dropFirst()
        return text.first == colon && digits.allSatisfy { (0x30...0x39).contains($0) }
            && UInt16(Substring(digits)) != nil
    }
}

extension JoinClient {
    /// Takes the address of a connection's other end.
    ///
    /// - Returns: nil for one that is not an IP address.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        // The bytes themselves are in a union of C, named otherwise on each system.
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map(Self.bytes)
        guard halves.count == 2 else {
            self.init(address: halves.joined())
            return
        }
        let zeros = max(0, 16 - halves[0].count - halves[1].count)
        self.init(address: halves[0] + Array(repeating: 0, count: zeros) + halves[1])
    }

    /// The bytes of an IPv4 address, or of a part of an IPv6 address, which may end with an IPv4 address.
    private static func bytes(_ text: Substring) -> [UInt8] {
        text.split(separator: ":").flatMap { group -> [UInt8] in
            if group.contains(".") { return group.split(separator: ".").compactMap { UInt8($0) } }
            return UInt16(group, radix: 16).map { [UInt8($0 >> 8), UInt8($0 & 0xff)] } ?? []
        }
    }
}
#endif
