/// A value that came from outside, for a line of a log: one word as it is, anything else in quotes and escaped.
///
/// A handler that writes values in a form of its own, such as JSON, reads ``raw`` and escapes by itself.
package struct LogText: CustomStringConvertible, Sendable {
    /// The value as it was.
    package let raw: String

    package init(_ raw: String) { self.raw = raw }

    package var description: String {
        var bytes: [UInt8] = []
        Self.append(raw, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a value as ``description`` has it.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        if isWord(text) {
            bytes += text.utf8
        } else {
            bytes.append(UInt8(ascii: "\""))
            appendEscaped(text, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    /// Whether a value can stand without quotes.
    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "\"" && scalar != "\\" && scalar != "=" && !scalar.properties.isWhitespace && isShown(scalar)
            }
    }

    /// Whether a character shows as itself: a control character, a line's end, or one that turns the direction of the
    /// text or shows nothing can make a line look like another one.
    package static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7f }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }

    /// The text with everything escaped that does not show.
    package static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        appendEscaped(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends text as it stands between the quotes of a JSON string, with everything escaped that does not show.
    package static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case "\n": bytes += Array(#"\n"#.utf8)
            case "\r": bytes += Array(#"\r"#.utf8)
            case "\t": bytes += Array(#"\t"#.utf8)
            case _ where isShown(scalar): bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            default:
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16)
                    bytes += Array((#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
                }
            }
        }
    }
}
