/// An entity that others refer to by its key.
package enum FixtureKind: Int, CaseIterable {
    case role, permission, user, department, room

    /// What it is called in messages, in the name of its table, and in columns that refer to it.
    package var word: StaticString {
        switch self {
        case .role: "role"
        case .permission: "permission"
        case .user: "user"
        case .department: "department"
        case .room: "room"
        }
    }
}
