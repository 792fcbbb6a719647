/// The names of the keys that an object may have.
struct JSONNames: Sendable {
    let texts: [String]
    let bytes: [[UInt8]]

    init(_ texts: [String]) {
        self.texts = texts
        bytes = texts.map { Array($0.utf8) }
    }
}

extension JSONReader {
    mutating func key(of names: JSONNames) throws(FixtureError) -> Int {
        guard nextIs("\"") else { throw unexpected("a key") }
        let start = position + 1
        let end = try endOfRun(from: start, atMost: Self.longestText)
        if end < bytes.count, bytes[end] == UInt8(ascii: "\""),
            let index = names.bytes.firstIndex(where: { isAt(start, end, $0) })
        {
            position = end + 1
            return index
        }
        // A key that is unknown, or one with an escape in it.
        let name = try text()
        guard let index = names.bytes.firstIndex(where: { $0.elementsEqual(name.utf8) }) else {
            let known = names.texts.joined(separator: ", ")
            throw FixtureError(place, "unknown key \(FixtureError.quoted(name)), known here: \(known)")
        }
        return index
    }

    private func isAt(_ start: Int, _ end: Int, _ name: [UInt8]) -> Bool {
        guard end - start == name.count else { return false }
        let (bytes, name) = (bytes.span, name.span)
        for index in name.indices where bytes[start + index] != name[index] { return false }
        return true
    }

    /// Reads a string from its opening quote on.
    mutating func text() throws(FixtureError) -> String {
        let opening = position
        position += 1
        var result = try run(atMost: Self.longestText)
        while true {
            switch nextByte {
            case UInt8(ascii: "\""):
                position += 1
                return result
            case UInt8(ascii: "\\"):
                result.unicodeScalars.append(try escape())
                result += try run(atMost: Self.longestText - result.utf8.count)
            case nil:
                position = opening
                throw syntaxError("the string has no closing quote")
            default:
                throw syntaxError("a control character in a string must be escaped, found \(found())")
            }
        }
    }

    /// Reads what stands as it is, up to a quote, a backslash, a control character or the end.
    private mutating func run(atMost most: Int) throws(FixtureError) -> String {
        let start = position
        position = try endOfRun(from: start, atMost: most)
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: bytes.span.extracting(start..<position)))
        } catch {
            position = start + error.byteOffsets.lowerBound
            throw syntaxError("the text is not UTF-8")
        }
    }

    private mutating func endOfRun(from start: Int, atMost most: Int) throws(FixtureError) -> Int {
        var end = start
        repeat {
            let bytes = bytes.span
            while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""),
                bytes[end] != UInt8(ascii: "\\")
            { end += 1 }
            guard end - start <= most else {
                throw FixtureError(place, "the string has more than \(Self.longestText) bytes")
            }
        } while end == bytes.count && holdMore()
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
