package import LivechatJoin

/// Gives the bytes of a document from an offset on, as many as it likes but none at its end.
package typealias FixtureDocument = @Sendable (_ offset: Int) throws -> [UInt8]

/// Reads a fixture (contract C12) element by element, in the order of the document.
package struct FixtureReader: Sendable {
    /// The latest time at which a token can have been made or a member have joined; nil does not look.
    package var latest: LivechatTimestamp?

    private static let names = JSONNames(FixtureElement.Section.allCases.map(\.name))

    private enum Content: Sendable {
        case document(FixtureDocument)
        case elements(@Sendable (_ visit: (FixtureElement) throws -> Void) throws -> Void)
    }

    private let content: Content

    private static let pieceSize = 1 << 18

    /// Takes a document; nothing is read yet.
    package init(_ document: @escaping FixtureDocument) { content = .document(document) }

    /// Takes a document; nothing is read yet.
    package init(_ bytes: [UInt8]) {
        content = .document { offset in Array(bytes[offset..<min(offset + Self.pieceSize, bytes.count)]) }
    }

    /// Takes elements, which are checked already as the keys of a document are.
    init(elements: @escaping @Sendable (_ visit: (FixtureElement) throws -> Void) throws -> Void) {
        content = .elements(elements)
    }

    /// Reads the whole document; it can be read again.
    ///
    /// - Parameter visit: Takes an element and where it stands, as soon as it has been read.
    /// - Throws: ``FixtureError`` for the first mistake, by when the elements before it were visited, or what `visit`
    ///   or the document throws.
    package func read(_ visit: (FixtureElement, FixturePlace) throws -> Void) throws {
        switch content {
        case .elements(let elements):
            try elements { element in try visit(element, FixturePlace()) }
        case .document(let document):
            var reader = try JSONReader(document, latest: latest)
            do {
                try read(&reader, visit)
            } catch {
                // Where the document could not be had, it seemed to end.
                throw reader.failure ?? error
            }
        }
    }

    private func read(
        _ reader: inout JSONReader,
        _ visit: (FixtureElement, FixturePlace) throws -> Void
    ) throws {
        try reader.members(Self.names) { reader, index in
            let section = FixtureElement.Section.allCases[index]
            func read(_ reader: inout JSONReader) throws {
                try visit(FixtureElement(of: section, from: &reader), reader.place)
            }
            if section == .settings { try read(&reader) } else { try reader.array(read) }
        }
        try reader.end()
    }
}
