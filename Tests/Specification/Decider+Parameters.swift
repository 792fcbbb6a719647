/// A request as it is on the wire (contract C1).
struct RawRequest: Sendable {
    /// The values of `X-User-Id`, as often as it is sent.
    var userIDs: [String]
    /// The values of `X-Auth-Token`, as often as it is sent.
    var tokens: [String]
    /// What follows the question mark, still encoded; nil where there is none.
    var query: String?

    init(userIDs: [String], tokens: [String], query: String?) {
        self.userIDs = userIDs
        self.tokens = tokens
        self.query = query
    }

    init(_ user: String, _ token: String, query: String?) {
        self.init(userIDs: [user], tokens: [token], query: query)
    }

    var headerFields: [(name: String, value: String)] {
        userIDs.map { (name: "X-User-Id", value: $0) } + tokens.map { (name: "X-Auth-Token", value: $0) }
    }
}

/// The parameter `roomId` of a query string.
struct Parameter: Sendable {
    /// What the request is answered because of its parameters.
    let fault: Answer?
    /// The bytes of `roomId`, where that is exactly one string.
    let value: [UInt8]?

    /// C1 and the end of C2: missing beats additional, additional beats not-a-string.
    init(query: String?) {
        var strings: [[UInt8]] = []
        var hasStructure = false
        var hasOther = false
        for (name, value) in Self.pairs(query ?? "") {
            if name == Array("roomId".utf8) {
                strings.append(value)
            } else if name.starts(with: Array("roomId[".utf8)) && name.last == UInt8(ascii: "]") {
                hasStructure = true
            } else {
                hasOther = true
            }
        }
        if strings.isEmpty && !hasStructure {
            fault = .missingParameter
        } else if hasOther {
            fault = .additionalParameter
        } else if hasStructure || strings.count > 1 {
            fault = .notAString
        } else {
            fault = nil
        }
        self.value = fault == nil ? strings.first : nil
    }

    private static func pairs(_ query: String) -> [(name: [UInt8], value: [UInt8])] {
        Array(query.utf8).split(separator: UInt8(ascii: "&")).map { piece in
            let name = piece.prefix { $0 != UInt8(ascii: "=") }
            return (decoded(Array(name)), decoded(Array(piece.dropFirst(name.count + 1))))
        }
    }

    /// Once, and a malformed escape stays as it is.
    private static func decoded(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                result.append(high * 16 + low)
                index += 3
            } else {
                result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
