/// Why somebody may enter a room (contract C6); the raw value is the rule's name.
public enum RoomAccess: String, Hashable, CaseIterable, Sendable {
    /// Is a member already.
    case member
    /// Holds `view-livechat-rooms`.
    case permission = "view-livechat-rooms"
    /// Serves the room.
    case serving
    /// The queued inquiry is meant for this user.
    case queuedForUser = "default-agent"
    /// The queued inquiry waits in an enabled department of this user.
    case queuedInDepartment = "department-agent"
    /// The queued inquiry waits in the public queue.
    case queuedInPublic = "public-queue"
    /// The inquiry is queued, and the user has the role `livechat-manager`.
    case queuedForManager = "manager"
    /// The room is closed, and the user holds `view-livechat-room-closed-by-another-agent`.
    case closedByAnotherAgent = "closed-by-another-agent"
    /// The room is closed, and the user is an agent of its department and holds
    /// `view-livechat-room-closed-same-department`.
    case closedInSameDepartment = "closed-same-department"
}

extension RoomAccess: CustomStringConvertible {
    /// The reason in words, after "the user" or "the inquiry".
    public var description: String {
        switch self {
        case .member: "the user is a member"
        case .permission: "the user holds view-livechat-rooms"
        case .serving: "the user serves the room"
        case .queuedForUser: "the queued inquiry is meant for the user"
        case .queuedInDepartment: "the inquiry is queued in one of the user's departments"
        case .queuedInPublic: "the inquiry is in the public queue"
        case .queuedForManager: "the inquiry is queued and the user is a livechat-manager"
        case .closedByAnotherAgent: "the user holds view-livechat-room-closed-by-another-agent"
        case .closedInSameDepartment:
            "the user is an agent of the department and holds view-livechat-room-closed-same-department"
        }
    }
}
