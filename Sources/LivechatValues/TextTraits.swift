/// What the bytes of a value that a client sent tell, found in one pass over them.
package struct TextTraits: Sendable {
    /// Whether there is anything but white space.
    package let isPresent: Bool
    /// Whether there is a NUL byte.
    package let hasNUL: Bool
    /// Whether every byte is ASCII.
    package let isASCII: Bool
    /// Whether there is a U+FFFD.
    ///
    /// Servers hand values over as Swift strings, in which bytes that were not UTF-8 have become U+FFFD. Such a value
    /// matches nothing (contract C1), and it must not match an id or a token in which that character really stands.
    package let isRepaired: Bool

    /// Looks at a value.
    package init(of value: borrowing String) {
        var (lowest, highest) = (UInt8.max, UInt8.min)
        let bytes = value.utf8Span.span
        for index in bytes.indices {
            lowest = min(lowest, bytes[index])
            highest = max(highest, bytes[index])
        }
        var isPresent = highest > 0x20
        // NUL and the control characters that are no white space are something too.
        if !isPresent || highest >= 0x80 {
            isPresent = (copy value).unicodeScalars.contains { !$0.properties.isWhitespace }
        }
        self.isPresent = isPresent
        hasNUL = lowest == 0
        isASCII = highest < 0x80
        isRepaired = highest >= 0x80 && (copy value).unicodeScalars.contains("\u{FFFD}")
    }
}
