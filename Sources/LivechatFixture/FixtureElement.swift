/// One element of a fixture: the settings, or an entity of one of its lists.
package enum FixtureElement: Equatable, Sendable {
    case settings(FixtureSettings)
    case role(FixtureRole)
    case permission(FixturePermission)
    case user(FixtureUser)
    case department(FixtureDepartment)
    case room(FixtureRoom)

    /// The keys of a document, in the order in which they are written.
    enum Section: Int, CaseIterable {
        case settings, roles, permissions, users, departments, rooms

        var name: String { "\(self)" }
    }

    init(of section: Section, from reader: inout JSONReader) throws {
        self =
            switch section {
            case .settings: .settings(try reader.object())
            case .roles: .role(try reader.object())
            case .permissions: .permission(try reader.object())
            case .users: .user(try reader.object())
            case .departments: .department(try reader.object())
            case .rooms: .room(try reader.object())
            }
    }

    /// Where it stands, and what stands there.
    var content: (section: Section, object: any FixtureObject) {
        switch self {
        case .settings(let settings): (.settings, settings)
        case .role(let role): (.roles, role)
        case .permission(let permission): (.permissions, permission)
        case .user(let user): (.users, user)
        case .department(let department): (.departments, department)
        case .room(let room): (.rooms, room)
        }
    }
}
