/// The text of elements, each on one line.
struct JSONLine {
    var bytes: [UInt8] = []
    /// The section that is written, for the place of a mistake.
    var section = ""
    private var lastKey = ""
    private var needsComma = false

    /// Where the value that is written stands.
    var place: FixturePlace { FixturePlace().key(section).key(lastKey) }

    mutating func raw(_ text: String) { bytes += text.utf8 }

    /// Writes a text that needs no escapes.
    mutating func quoted(_ append: (inout [UInt8]) -> Void) {
        raw("\"")
        append(&bytes)
        raw("\"")
    }

    mutating func members(_ write: (inout JSONLine) throws -> Void) rethrows {
        raw("{")
        needsComma = false
        try write(&self)
        needsComma = true
        raw("}")
    }

    mutating func key(_ name: String) {
        if needsComma { raw(", ") }
        needsComma = true
        lastKey = name
        quoted { $0 += name.utf8 }
        raw(": ")
    }
}
