internal import LivechatJoin

/// Everything that ``InMemoryJoinStore`` knows (contract C8).
struct World: Sendable {
    struct Person: Sendable {
        var isActive: Bool
        var roles: Set<RoleID>
        var tokens: [TokenDigest: TokenRecord] = [:]
    }

    struct Group: Sendable {
        var isEnabled: Bool
        var agents: Set<UserID>
    }

    struct Inquiry: Sendable {
        var status: String
        var department: DepartmentID?
        var defaultAgent: UserID?
    }

    struct Place: Sendable {
        var kind: String
        var isOpen: Bool
        var servedBy: UserID?
        var department: DepartmentID?
        var visitorToken: VisitorToken?
        var inquiry: Inquiry?
        var members: [UserID: Set<RoleID>] = [:]
    }

    var roles: Set<RoleID> = []
    var grants: [PermissionID: Set<RoleID>] = [:]
    var restrictions: [RoleID: Set<PermissionID>] = [:]
    var users: [UserID: Person] = [:]
    var departments: [DepartmentID: Group] = [:]
    var rooms: [RoomID: Place] = [:]
    var previewsQueue = false
    var loginExpirationDays: Double?
    var joined: [JoinedEvent] = []

    /// Writes a membership and its event, unless the user is a member already (contract C7).
    mutating func write(_ admission: Admission) {
        guard let place = rooms[admission.room], place.members[admission.user] == nil else { return }
        rooms[admission.room]?.members[admission.user] = []
        joined.append(
            JoinedEvent(
                sequence: joined.count + 1,
                at: admission.at,
                roomID: admission.room,
                userID: admission.user
            )
        )
    }
}
