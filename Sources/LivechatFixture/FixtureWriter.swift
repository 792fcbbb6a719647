internal import LivechatJoin

/// Writes a fixture (contract C12): one entity in a line, its keys in a fixed order, in pieces of some 64 KiB.
///
/// A key that an element leaves out is left out, so a dump gives every key a value or null.
package struct FixtureWriter {
    private enum Section: Int, CaseIterable {
        case settings, roles, permissions, users, departments, rooms

        var opening: String { self == .settings ? "  \"\(self)\": " : "  \"\(self)\": [" }
    }

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
        switch element {
        case .settings(let settings):
            try enter(.settings)
            try line.append(settings)
        case .role(let role):
            try enter(.roles)
            line.append(role)
        case .permission(let permission):
            try enter(.permissions)
            line.append(permission)
        case .user(let user):
            try enter(.users)
            line.append(user)
        case .department(let department):
            try enter(.departments)
            line.append(department)
        case .room(let room):
            try enter(.rooms)
            line.append(room)
        }
        if line.bytes.count >= Self.pieceSize { try flush() }
    }

    /// Writes the end of the document; nothing can follow.
    package mutating func finish() throws {
        try openSections(through: .rooms)
        closeSection()
        line.raw("\n}\n")
        try flush()
    }

    private mutating func enter(_ wanted: Section) throws {
        if section == wanted, wanted != .settings {
            line.raw(sectionIsEmpty ? "\n    " : ",\n    ")
        } else {
            guard (section?.rawValue ?? -1) < wanted.rawValue else {
                throw FixtureError(FixturePlace().key("\(wanted)"), "an element comes after its place in the order")
            }
            try openSections(through: wanted)
            if wanted != .settings { line.raw("\n    ") }
        }
        sectionIsEmpty = false
    }

    /// Opens the sections up to this one, so that a list without elements is there too.
    private mutating func openSections(through last: Section) throws {
        for next in Section.allCases where next.rawValue > (section?.rawValue ?? -1) && next.rawValue <= last.rawValue {
            if next == .settings, last != .settings { continue }
            if section != nil {
                closeSection()
                line.raw(",\n")
            }
            line.raw(next.opening)
            section = next
            sectionIsEmpty = true
        }
    }

    private mutating func closeSection() {
        guard let section, section != .settings else { return }
        line.raw(sectionIsEmpty ? "]" : "\n  ]")
    }

    private mutating func flush() throws {
        try sink(line.bytes)
        line.bytes.removeAll(keepingCapacity: true)
    }
}
