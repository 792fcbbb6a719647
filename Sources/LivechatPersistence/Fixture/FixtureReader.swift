/// Reads a fixture (contract C12) element by element, in the order of the document.
package struct FixtureReader: Sendable {
    private enum Key: String, CaseIterable {
        case settings, roles, permissions, users, departments, rooms
    }
    private static let keys = JSONKeys<Key>()

    private let bytes: [UInt8]

    /// Takes a document; nothing is read yet.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the whole document; it can be read again.
    ///
    /// - Parameter visit: Takes an element and where it stands, as soon as it has been read.
    /// - Throws: ``FixtureError`` for the first mistake, by when the elements before it were visited, or what `visit`
    ///   throws.
    package func read(_ visit: (FixtureElement, FixturePlace) throws -> Void) throws {
        var reader = try JSONReader(bytes)
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
