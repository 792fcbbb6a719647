internal import LivechatJoin

/// Writes a fixture (contract C12): one entity in a line, its keys in a fixed order, in pieces of some 64 KiB.
///
/// A key that an element leaves out is left out, so a dump gives every key a value or null.
package struct FixtureWriter {
    private typealias Section = FixtureElement.Section

    private let sink: ([UInt8]) throws -> Void
    private var line = JSONLine()
    private var section: Section?
    private var sectionIsEmpty = true

    private static let pieceSize = 65_536

    /// Starts a document.
    ///
    /// - Parameter sink: Takes the pieces of the document in order.
    package init(to sink: @escaping ([UInt8]) throws -> Void) {
        self.sink = sink
        line.bytes.reserveCapacity(Self.pieceSize + 4_096)
        line.raw("{\n")
    }

    /// Writes one element.
    ///
    /// - Parameter element: Settings come first, then roles, permissions, users, departments and rooms.
    /// - Throws: ``FixtureError`` for an element out of this order or a number that JSON does not have, or what the
    ///   sink throws.
    package mutating func write(_ element: FixtureElement) throws {
        let (section, object) = element.content
        try enter(section)
        try line.object(object)
        if line.bytes.count >= Self.pieceSize { try flush() }
    }

    /// Writes the end of the document; nothing can follow.
    package mutating func finish() throws {
        openSections(through: .rooms)
        closeSection("\n}\n")
        try flush()
    }

    /// Goes to the place of the next element of a section.
    private mutating func enter(_ wanted: Section) throws {
        if section != wanted || wanted == .settings {
            guard (section?.rawValue ?? -1) < wanted.rawValue else {
                throw FixtureError(FixturePlace().key(wanted.name), "an element comes after its place in the order")
            }
            openSections(through: wanted)
        }
        if wanted != .settings { line.raw(sectionIsEmpty ? "\n    " : ",\n    ") }
        sectionIsEmpty = false
    }

    /// Opens the sections up to this one, so that a list without elements is there too.
    private mutating func openSections(through last: Section) {
        for next in Section.allCases where next.rawValue > (section?.rawValue ?? -1) && next.rawValue <= last.rawValue {
            if next == .settings, last != .settings { continue }
            closeSection(",\n")
            line.raw("  \"\(next.name)\": " + (next == .settings ? "" : "["))
            line.section = next.name
            section = next
            sectionIsEmpty = true
        }
    }

    /// Ends the section that is open, if there is one.
    private mutating func closeSection(_ end: String) {
        guard let section else { return }
        if section != .settings { line.raw(sectionIsEmpty ? "]" : "\n  ]") }
        line.raw(end)
    }

    private mutating func flush() throws {
        try sink(line.bytes)
        line.bytes.removeAll(keepingCapacity: true)
    }
}
