internal import LivechatJoin

/// Everything that ``InMemoryJoinStore`` knows (contract C8).
struct World: Sendable {
    struct Person: Sendable {
        var isActive: Bool
        var roles: Set<LivechatRoleID>
        var tokens: [LivechatTokenDigest: LivechatTokenRecord] = [:]
    }

    struct Group: Sendable {
        var isEnabled: Bool
        var agents: Set<LivechatUserID>
    }

    struct Inquiry: Sendable {
        var status: String
        var department: LivechatDepartmentID?
        var defaultAgent: LivechatUserID?
    }

    struct Place: Sendable {
        var kind: String
        var isOpen: Bool
        var servedBy: LivechatUserID?
        var department: LivechatDepartmentID?
        var visitorToken: LivechatVisitorToken?
        var inquiry: Inquiry?
        var members: [LivechatUserID: Set<LivechatRoleID>] = [:]
    }

    var roles: Set<LivechatRoleID> = []
    var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
    var restrictions: [LivechatRoleID: Set<LivechatPermissionID>] = [:]
    var users: [LivechatUserID: Person] = [:]
    var departments: [LivechatDepartmentID: Group] = [:]
    var rooms: [LivechatRoomID: Place] = [:]
    var previewsQueue = false
    var loginExpirationDays: Double?
    var joined: [JoinedEvent] = []

    /// Writes a membership and its event, unless the user is a member already (contract C7).
    mutating func write(_ admission: JoinAdmission) {
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
