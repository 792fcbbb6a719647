#if Server
internal import LivechatJoin
internal import NIOHTTP1

/// Exactly one well-formed `Host` in HTTP/1.1, at most one before it (RFC 9112, section 3.2).
struct HostRule {
    private var count = 0
    private var areWellFormed = true

    /// Takes a value of the header, as often as it was sent.
    mutating func take(_ value: String) {
        count += 1
        areWellFormed = areWellFormed && Self.isWellFormed(value.utf8.span)
    }

    /// Whether a request of this version may be answered.
    func holds(in version: HTTPVersion) -> Bool {
        areWellFormed && (count == 1 || count == 0 && version == .http1_0)
    }

    /// Whether it is a name or address that is not empty, with or without a port (RFC 3986, section 3.2).
    private static func isWellFormed(_ value: Span<UInt8>) -> Bool {
        var end = value.count
        while end > 0, value[end - 1] >= UInt8(ascii: "0"), value[end - 1] <= UInt8(ascii: "9") { end -= 1 }
        // Digits without a colon before them belong to the name.
        end = end > 0 && value[end - 1] == UInt8(ascii: ":") ? end - 1 : value.count
        guard end > 0 else { return false }
        if value[0] == UInt8(ascii: "[") {
            guard end > 2, value[end - 1] == UInt8(ascii: "]") else { return false }
            return isMade(of: isInAddress, value, 1..<end - 1)
        }
        return isMade(of: isInName, value, 0..<end)
    }

    private static func isMade(of isAllowed: (UInt8) -> Bool, _ value: Span<UInt8>, _ part: Range<Int>) -> Bool {
        for place in part where !isAllowed(value[place]) { return false }
        return true
    }

    private static func isInAddress(_ byte: UInt8) -> Bool { byte.hexValue != nil || byte == 0x3A || byte == 0x2E }

    private static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&")...UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "="):
            true
        default: byte.isUnreserved
        }
    }
}
#endif
