/// Reads one JSON document from left to right, strictly as RFC 8259 has it.
///
/// The caller asks for the type that must come next; nothing else is accepted, so nothing is ever skipped, nothing
/// recurses on what a document nests, and no tree of it is built.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var lineStart = 0
    /// Where the reader is.
    private(set) var place = FixturePlace()

    init(_ bytes: [UInt8]) throws(FixtureError) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            throw FixtureError(place, "starts with a byte order mark, save it as UTF-8 without one")
        }
    }

    /// Reads an object, whose keys may come in any order, each at most once.
    mutating func object<Key>(
        _ keys: JSONKeys<Key>,
        _ member: (inout JSONReader, Key) throws -> Void
    ) throws {
        try open("{", "an object")
        if take("}") { return }
        var seen: UInt64 = 0
        repeat {
            let index = try key(of: keys)
            guard seen & (1 << UInt64(index)) == 0 else {
                throw FixtureError(place, "the key \"\(keys.names[index])\" is there twice")
            }
            seen |= 1 << UInt64(index)
            guard take(":") else { throw unexpected(#"":""#) }
            place.enter(key: keys.names[index])
            try member(&self, keys.cases[index])
            place.leave()
        } while take(",")
        guard take("}") else { throw unexpected(#""," or "}""#) }
    }

    /// Reads an array.
    mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
        try open("[", "an array")
        if take("]") { return }
        var index = 0
        repeat {
            place.enter(index: index)
            try element(&self)
            place.leave()
            index += 1
        } while take(",")
        guard take("]") else { throw unexpected(#""," or "]""#) }
    }

    /// Reads a string.
    mutating func string() throws(FixtureError) -> String {
        guard nextIs("\"") else { throw mismatch("a string") }
        return try text()
    }

    /// Reads true or false.
    mutating func bool() throws(FixtureError) -> Bool {
        if nextIs("t") {
            try literal("true")
            return true
        }
        guard nextIs("f") else { throw mismatch("true or false") }
        try literal("false")
        return false
    }

    /// Reads a number.
    mutating func number() throws(FixtureError) -> Double {
        guard nextIs("-") || nextByte.map(isDigit) == true else { throw mismatch("a number") }
        let start = position
        if nextByte == UInt8(ascii: "-") { position += 1 }
        if nextByte == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if nextByte == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if nextByte == UInt8(ascii: "e") || nextByte == UInt8(ascii: "E") {
            position += 1
            if nextByte == UInt8(ascii: "+") || nextByte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let value = Double(String(decoding: bytes[start..<position], as: UTF8.self))
        guard let value, value.isFinite else { throw FixtureError(place, "the number is too large") }
        return value
    }

    /// Reads null where null comes next.
    mutating func takeNull() throws(FixtureError) -> Bool {
        guard nextIs("n") else { return false }
        try literal("null")
        return true
    }

    /// Checks that nothing follows.
    mutating func end() throws(FixtureError) {
        skipSpace()
        guard nextByte == nil else { throw unexpected("the end") }
    }
}

/// The keys that an object may have.
struct JSONKeys<Key: CaseIterable & RawRepresentable<String> & Sendable>: Sendable {
    let cases: [Key]
    let names: [String]

    init() {
        cases = Array(Key.allCases)
        names = cases.map(\.rawValue)
    }
}

// MARK: Words and punctuation

extension JSONReader {
    private var nextByte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "\n"):
                position += 1
                line += 1
                lineStart = position
            default: return
            }
        }
    }

    private mutating func nextIs(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return nextByte == UInt8(ascii: character)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard nextIs(character) else { return false }
        position += 1
        return true
    }

    private mutating func open(_ character: Unicode.Scalar, _ type: String) throws(FixtureError) {
        guard take(character) else { throw mismatch(type) }
    }

    private mutating func literal(_ word: StaticString) throws(FixtureError) {
        for byte in "\(word)".utf8 {
            guard nextByte == byte else { throw unexpected("\(word)") }
            position += 1
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() throws(FixtureError) {
        guard let byte = nextByte, isDigit(byte) else { throw unexpected("a digit") }
        while let byte = nextByte, isDigit(byte) { position += 1 }
    }
}

// MARK: Strings

extension JSONReader {
    private mutating func key<Key>(of keys: JSONKeys<Key>) throws(FixtureError) -> Int {
        guard nextIs("\"") else { throw unexpected("a key") }
        let name = try text()
        // Byte by byte: Swift would take two spellings of one character for equal.
        guard let index = keys.names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
            let known = keys.names.joined(separator: ", ")
            throw FixtureError(place, "unknown key \(FixtureError.quoted(name)), known here: \(known)")
        }
        return index
    }

    /// Reads a string from its opening quote on.
    private mutating func text() throws(FixtureError) -> String {
        let opening = position
        position += 1
        var result = try run()
        while true {
            switch nextByte {
            case UInt8(ascii: "\""):
                position += 1
                return result
            case UInt8(ascii: "\\"):
                result.unicodeScalars.append(try escape())
                result += try run()
            case nil:
                position = opening
                throw syntaxError("the string has no closing quote")
            default:
                throw syntaxError("a control character in a string must be escaped, found \(found)")
            }
        }
    }

    /// Reads what stands as it is, up to a quote, a backslash, a control character or the end.
    private mutating func run() throws(FixtureError) -> String {
        let start = position
        position = endOfRun(from: start)
        if let text = String(validating: bytes[start..<position], as: UTF8.self) { return text }
        var iterator = bytes[start..<position].makeIterator()
        var decoder = UTF8()
        position = start
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { position += UTF8.width(scalar) }
        throw syntaxError("the text is not UTF-8")
    }

    private func endOfRun(from start: Int) -> Int {
        let bytes = bytes.span
        var end = start
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\")
        { end += 1 }
        return end
    }

    private mutating func escape() throws(FixtureError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let byte = nextByte else { throw unexpected("the rest of an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default:
            position = start
            throw syntaxError("there is no such escape in JSON")
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(FixtureError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xdc00, nextByte == UInt8(ascii: "\\") {
            position += 1
            if nextByte == UInt8(ascii: "u") {
                position += 1
                let second = try fourHexDigits()
                if (0xdc00...0xdfff).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
                {
                    return scalar
                }
            }
        }
        position = start
        throw syntaxError("half of a surrogate pair stands alone")
    }

    private mutating func fourHexDigits() throws(FixtureError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = nextByte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            position += 1
            value = value << 4 + UInt32(digit)
        }
        return value
    }
}

// MARK: Mistakes

extension JSONReader {
    /// What stands here is JSON of another type, or no JSON at all.
    private mutating func mismatch(_ expected: String) -> FixtureError {
        skipSpace()
        let type: String
        switch nextByte {
        case UInt8(ascii: "{"): type = "an object"
        case UInt8(ascii: "["): type = "an array"
        case UInt8(ascii: "\""): type = "a string"
        case UInt8(ascii: "-"): type = "a number"
        case .some(let byte) where isDigit(byte): type = "a number"
        case _ where follows("true"): type = "true"
        case _ where follows("false"): type = "false"
        case _ where follows("null"): type = "null"
        default: return unexpected(expected)
        }
        return FixtureError(place, "expected \(expected), found \(type)")
    }

    private func follows(_ word: String) -> Bool { bytes[position...].starts(with: word.utf8) }

    private func unexpected(_ expected: String) -> FixtureError {
        syntaxError("expected \(expected), found \(found)")
    }

    private func syntaxError(_ message: String) -> FixtureError {
        // A column is a character, and a character's further bytes all begin with the bits 10.
        let column = 1 + bytes[lineStart..<position].count { $0 & 0b1100_0000 != 0b1000_0000 }
        return FixtureError(place, "\(message) (line \(line), column \(column))")
    }

    /// What stands here, for a message.
    private var found: String {
        guard let byte = nextByte else { return "the end" }
        var decoder = UTF8()
        var iterator = bytes[position...].prefix(4).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator), byte > 0x20, byte != 0x7f {
            return FixtureError.quoted(String(scalar))
        }
        return byte == 0x20 ? "a space" : "byte 0x" + String(byte, radix: 16)
    }
}
