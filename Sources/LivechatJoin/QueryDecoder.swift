internal import LivechatPermissions
internal import LivechatTokens

extension RoomParameter {
    /// Reads the parameters out of a query as it stands in the request target (contract C1, C2).
    ///
    /// - Parameter query: What follows the question mark, still encoded; nil or empty where there is none.
    package init(query: String?) {
        var values: [Substring.UTF8View] = []
        var isFormed = false
        var hasOther = false
        for pair in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(parts[0])
            if name.elementsEqual(Self.name.utf8) {
                values.append(parts.count > 1 ? parts[1] : parts[0].dropFirst(parts[0].count))
            } else if Self.isArrayOrObject(name) {
                isFormed = true
            } else {
                hasOther = true
            }
        }
        if values.isEmpty && !isFormed {
            self = .faulty(.missing)
        } else if hasOther {
            self = .faulty(.additional)
        } else if isFormed || values.count > 1 {
            self = .faulty(.notAString)
        } else {
            self.init(encoded: values[0])
        }
    }

    private static let name = "roomId"

    private init(encoded value: Substring.UTF8View) {
        guard !Self.isRepaired(value),
            let text = String(validating: Self.decode(value), as: UTF8.self),
            let id = RoomID(requested: text)
        else {
            self = .unmatched
            return
        }
        self = .id(id)
    }

    /// Whether U+FFFD stands in it as itself: a server has put it in place of what was not UTF-8, and that matches nothing
    /// (contract C1). Percent-encoded it is a character like any other.
    private static func isRepaired(_ value: Substring.UTF8View) -> Bool {
        value.contains { $0 >= 0x80 } && TextTraits(of: String(Substring(value))).isRepaired
    }

    /// Whether a decoded name is `roomId[…]`.
    private static func isArrayOrObject(_ name: [UInt8]) -> Bool {
        guard name.starts(with: (Self.name + "[").utf8) else { return false }
        let inside = name.dropFirst(Self.name.utf8.count + 1)
        guard let end = inside.firstIndex(of: UInt8(ascii: "]")) else { return false }
        return !inside[..<end].contains(UInt8(ascii: "["))
    }

    /// Decodes `+` and percent escapes once; a malformed escape stays as it is.
    private static func decode(_ encoded: Substring.UTF8View) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(encoded.count)
        var rest = encoded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                if let high = hex(rest.first), let low = hex(rest.dropFirst().first) {
                    decoded.append(high << 4 | low)
                    rest = rest.dropFirst(2)
                } else {
                    decoded.append(byte)
                }
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }

    private static func hex(_ digit: UInt8?) -> UInt8? {
        switch digit {
        case .some(let digit) where (0x30...0x39).contains(digit): digit - 0x30
        case .some(let digit) where (0x41...0x46).contains(digit): digit - 0x41 + 10
        case .some(let digit) where (0x61...0x66).contains(digit): digit - 0x61 + 10
        default: nil
        }
    }
}
