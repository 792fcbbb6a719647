/// Gives the bytes of a document from an offset on, as many as it likes but none at its end.
package typealias FixtureDocument = @Sendable (_ offset: Int) throws -> [UInt8]

/// Reads a fixture (contract C12) element by element, in the order of the document.
package struct FixtureReader: Sendable {
    private enum Key: String, CaseIterable {
        case settings, roles, permissions, users, departments, rooms
    }
    private static let keys = JSONKeys<Key>()

    private let document: FixtureDocument

    private static let pieceSize = 1 << 18

    /// Takes a document; nothing is read yet.
    package init(_ document: @escaping FixtureDocument) { self.document = document }

    /// Takes a document; nothing is read yet.
    package init(_ bytes: [UInt8]) {
        document = { offset in Array(bytes[offset..<min(offset + Self.pieceSize, bytes.count)]) }
    }

    /// Reads the whole document; it can be read again.
    ///
    /// - Parameter visit: Takes an element and where it stands, as soon as it has been read.
    /// - Throws: ``FixtureError`` for the first mistake, by when the elements before it were visited, or what `visit`
    ///   or the document throws.
    package func read(_ visit: (FixtureElement, FixturePlace) throws -> Void) throws {
        var reader = try JSONReader(document)
        do {
            try read(&reader, visit)
        } catch {
            // Where the document could not be had, it seemed to end.
            throw reader.failure ?? error
        }
    }

    private func read(
        _ reader: inout JSONReader,
        _ visit: (FixtureElement, FixturePlace) throws -> Void
    ) throws {
        try reader.object(Self.keys) { reader, key in
            if key == .settings {
                return try visit(.settings(FixtureSettings(from: &reader)), reader.place)
            }
            try reader.array { reader in
                let element: FixtureElement =
                    switch key {
                    case .settings: .settings(try FixtureSettings(from: &reader))
                    case .roles: .role(try FixtureRole(from: &reader))
                    case .permissions: .permission(try FixturePermission(from: &reader))
                    case .users: .user(try FixtureUser(from: &reader))
                    case .departments: .department(try FixtureDepartment(from: &reader))
                    case .rooms: .room(try FixtureRoom(from: &reader))
                    }
                try visit(element, reader.place)
            }
        }
        try reader.end()
    }
}
