public import LivechatPermissions
public import LivechatTokens

/// Why somebody may enter a room: the first that applies, in this order (contract C6).
public enum RoomAccess: String, Hashable, CaseIterable, Sendable {
    /// Is a member already.
    case member = "is a member already"
    /// Holds `view-livechat-rooms`.
    case permission = "holds view-livechat-rooms"
    /// Serves the room.
    case serving = "serves the room"
    /// The queued inquiry is meant for this user.
    case queuedForUser = "the queued inquiry is meant for this agent"
    /// The queued inquiry waits in an enabled department of this user.
    case queuedInDepartment = "the inquiry is queued in an enabled department of this agent"
    /// The queued inquiry waits in the public queue.
    case queuedInPublic = "the inquiry is in the public queue"
    /// The inquiry is queued, and the user has the role `livechat-manager`.
    case queuedForManager = "the inquiry is queued and the user is a livechat-manager"
    /// The room is closed, and the user holds `view-livechat-room-closed-by-another-agent`.
    case closedByAnotherAgent = "holds view-livechat-room-closed-by-another-agent"
    /// The room is closed, and the user is an agent of its department and holds
    /// `view-livechat-room-closed-same-department`.
    case closedInSameDepartment = "is of the department and holds view-livechat-room-closed-same-department"

    /// The role that previews every queued room.
    static let manager = RoleID(stored: "livechat-manager")

    /// Decides whether a user who holds `view-l-room` may enter a room.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - room: A livechat room.
    ///   - isOpen: Whether it is open; a closed one has two more ways in.
    ///   - lookup: Where the facts come from; none is asked for after one has decided.
    /// - Returns: Why the user may enter, or nil when nothing lets them in.
    /// - Throws: What `lookup` throws.
    public static func decide(
        _ user: UserID,
        _ room: RoomID,
        isOpen: Bool,
        _ lookup: some RoomLookup & PermissionLookup
    ) throws -> RoomAccess? {
        if try lookup.isMember(user, of: room) { return .member }
        let permissions = try lookup.permissions(of: user, in: room)
        if permissions.holds(Permission.viewLivechatRooms) { return .permission }
        if try lookup.isServing(user, room) { return .serving }
        if let preview = try queuePreview(user, room, permissions, lookup) { return preview }
        return isOpen ? nil : try closedRoom(user, room, permissions, lookup)
    }

    private static func queuePreview(
        _ user: UserID,
        _ room: RoomID,
        _ permissions: EffectivePermissions,
        _ lookup: some RoomLookup
    ) throws -> RoomAccess? {
        guard try lookup.previewsQueue(), let inquiry = try lookup.queuedInquiry(of: room, for: user) else {
            return nil
        }
        if inquiry.isForUser { return .queuedForUser }
        switch inquiry.department {
        case .ofUser: return .queuedInDepartment
        case .none: return .queuedInPublic
        case .other: return permissions.roles.contains(manager) ? .queuedForManager : nil
        }
    }

    private static func closedRoom(
        _ user: UserID,
        _ room: RoomID,
        _ permissions: EffectivePermissions,
        _ lookup: some RoomLookup
    ) throws -> RoomAccess? {
        if permissions.holds(Permission.viewRoomClosedByAnotherAgent) { return .closedByAnotherAgent }
        if permissions.holds(Permission.viewRoomClosedInSameDepartment),
            try lookup.isDepartmentAgent(user, of: room)
        {
            return .closedInSameDepartment
        }
        return nil
    }
}
