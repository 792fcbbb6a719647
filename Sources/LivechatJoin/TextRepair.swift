/// Servers hand values over as Swift strings, in which bytes that were not UTF-8 have become U+FFFD. Such a value
/// matches nothing (contract C1), and it must not match an id or a token in which that character really stands. In a
/// query the character can still be asked for: percent-encoded.
enum TextRepair {
    /// Whether a value, as a server handed it over, holds the character that stands for what was not UTF-8.
    static func isRepaired(_ value: some StringProtocol) -> Bool {
        value.unicodeScalars.contains("\u{FFFD}")
    }
}
