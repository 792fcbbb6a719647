extension JoinClient {
    /// Reads an address, such as `192.0.2.7` or `2001:db8::1`; an IPv6 address counts by its /64.
    ///
    /// It is nil when the text is not an address.
    ///
    /// - Parameter address: The address, without a port and without a zone.
    public init?(address: String) { self.init(text: address.utf8[...]) }

    /// Finds the client of a request that may have come through proxies of the host's own (contract C10).
    ///
    /// Each proxy appends the address that it was called from to `X-Forwarded-For`. Only what the trusted ones have
    /// appended is believed, so the entry is counted from the right: what a client sends itself stands to the left of
    /// it.
    ///
    /// The client is the peer where there is no such proxy, and where an entry is missing or malformed. It is nil where
    /// there is no peer either.
    ///
    /// - Parameters:
    ///   - peer: The other end of the connection.
    ///   - forwardedFor: The values of all `X-Forwarded-For`, in their order, as one list; nil where there is none.
    ///   - trustedProxies: How many proxies of the host's own each request comes through.
    public init?(peer: JoinClient?, forwardedFor: String?, trustedProxies: Int) {
        let named = forwardedFor.flatMap { Self.entry($0, trustedProxies) }.flatMap(Self.init(entry:))
        guard let client = named ?? peer else { return nil }
        self = client
    }

    /// The entry that the outermost trusted proxy has appended.
    ///
    /// It is read as bytes: a comma may begin a longer character.
    private static func entry(_ forwardedFor: String, _ trustedProxies: Int) -> Substring.UTF8View? {
        guard trustedProxies > 0 else { return nil }
        let comma = UInt8(ascii: ",")
        var rest = forwardedFor[...].utf8
        for _ in 1..<trustedProxies {
            guard let end = rest.lastIndex(of: comma) else { return nil }
            rest = rest[..<end]
        }
        return rest.lastIndex(of: comma).map { rest[rest.index(after: $0)...] } ?? rest
    }

    /// Reads an entry: an address, with or without a port, IPv6 with a port in brackets.
    private init?(entry: Substring.UTF8View) {
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
        guard port.isEmpty || port.first == colon && Self.number(port.dropFirst(), 10) != nil else { return nil }
        self.init(text: host)
    }

    /// Reads an address by its bytes (RFC 4291, 2.2).
    ///
    /// A zone (`fe80::1%eth0`) names an interface of one machine.
    private init?(text: Substring.UTF8View) {
        let colon = UInt8(ascii: ":")
        guard text.contains(colon) else {
            guard let bytes = Self.ipv4(text) else { return nil }
            self.init(address: bytes)
            return
        }
        // At most one "::" stands for as many zeros as are missing.
        var halves = [text]
        if let gap = text.indices.first(where: { text[$0...].starts(with: [colon, colon]) }) {
            halves = [text[..<gap], text[gap...].dropFirst(2)]
        }
        var parts: [[UInt8]] = []
        for (index, half) in halves.enumerated() {
            guard let bytes = Self.ipv6(half, isEnd: index == halves.count - 1) else { return nil }
            parts.append(bytes)
        }
        let missing = 16 - parts.joined().count
        guard parts.count == 2 ? missing >= 2 : missing == 0 else { return nil }
        self.init(address: Array(parts.joined(separator: Array(repeating: 0, count: missing))))
    }

    /// Reads groups of an IPv6 address; the last one may be an IPv4 address.
    private static func ipv6(_ text: Substring.UTF8View, isEnd: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        let groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, group) in groups.enumerated() {
            if isEnd, index == groups.count - 1, let last = ipv4(group) { return bytes + last }
            guard group.count <= 4, let number = number(group, 16) else { return nil }
            bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
        }
        return bytes
    }

    private static func ipv4(_ text: Substring.UTF8View) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero would be octal to some readers.
            guard part.count == 1 || part.first != UInt8(ascii: "0"),
                let byte = number(part, 10).flatMap(UInt8.init(exactly:))
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Reads digits, and nothing but digits.
    private static func number(_ text: Substring.UTF8View, _ radix: Int) -> UInt16? {
        guard text.first != UInt8(ascii: "+"), text.first != UInt8(ascii: "-") else { return nil }
        return UInt16(Substring(text), radix: radix)
    }
}

extension UInt8 {
    /// Whether it is white space that may stand around the value of a header field (RFC 9110, 5.6.3).
    package var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
