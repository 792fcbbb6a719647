extension JSONReader {
    /// What stands here is JSON of another type, or no JSON at all.
    mutating func mismatch(_ expected: String) -> FixtureError {
        skipSpace()
        hold(5)
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

    mutating func unexpected(_ expected: String) -> FixtureError {
        syntaxError("expected \(expected), found \(found())")
    }

    func syntaxError(_ message: String) -> FixtureError {
        FixtureError(place, "\(message) (line \(line), column \(column))")
    }

    /// What stands here, for a message.
    mutating func found() -> String {
        guard let byte = nextByte else { return "the end" }
        hold(4)
        var decoder = UTF8()
        var iterator = bytes[position...].prefix(4).makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&iterator), byte > 0x20, byte != 0x7f {
            return FixtureError.quoted(String(scalar))
        }
        return byte == 0x20 ? "a space" : "byte 0x" + String(byte, radix: 16)
    }
}
