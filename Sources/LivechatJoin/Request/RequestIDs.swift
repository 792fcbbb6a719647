/// Makes the ids of requests: one stands in the answer and in every line logged about its request (contract C16).
package struct RequestIDs: Sendable {
    /// The header that carries the id, in a request and in its answer.
    package static let header = "X-Request-Id"

    private var counter = UInt64.random(in: .min ... .max)

    package init() {}

    /// Makes an id: up to 13 letters and digits.
    ///
    /// It is a number that counts up from a random one, mixed so that ids do not look alike (SplitMix64). A random
    /// number for each would be a system call for each.
    package mutating func next() -> String {
        counter &+= 0x9E37_79B9_7F4A_7C15
        var mixed = counter
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return String(mixed ^ mixed >> 31, radix: 36)
    }

    /// The id that a client has sent, if it is plain.
    ///
    /// A plain id is sent once and has 1 to 128 visible ASCII characters, with no quotation mark, comma or backslash
    /// among them. It can stand in a header and in a log as it is.
    package static func plain(_ sent: HeaderValue) -> String? {
        guard case .one(let id) = sent else { return nil }
        return (1...128).contains(id.utf8.count) && id.utf8.allSatisfy(isPlain) ? id : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\\"): false
        default: (0x21...0x7E).contains(byte)
        }
    }
}
