internal import LivechatTokens
public import LivechatValues

/// A name that grants are given to and users are given.
public struct LivechatRole: Sendable {
    /// Where a role is meant to be assigned.
    ///
    /// It describes the role; what counts is where it was assigned: to a user, or to a member of one room (contract
    /// C5).
    public enum Scope: String, CaseIterable, Sendable {
        /// To users, for everything they do.
        case users = "Users"
        /// To members of a room, for what they do in it.
        case subscriptions = "Subscriptions"
    }

    /// The role's id.
    public let id: LivechatRoleID
    /// Where the role is meant to be assigned.
    public var scope: Scope
    /// What people read about it.
    public var description: String?
    /// The only permissions that its holders can have, or empty where it restricts nothing.
    public var restrictedTo: Set<LivechatPermissionID>

    /// Describes a role.
    public init(
        id: LivechatRoleID,
        scope: Scope = .users,
        description: String? = nil,
        restrictedTo: Set<LivechatPermissionID> = []
    ) {
        self.id = id
        self.scope = scope
        self.description = description
        self.restrictedTo = restrictedTo
    }
}

/// The id of a role.
public typealias LivechatRoleID = LivechatID<LivechatRole>

/// Something that may be allowed.
public enum LivechatPermission {}

/// The id of a permission.
public typealias LivechatPermissionID = LivechatID<LivechatPermission>

// What the engine itself asks for.
extension LivechatID where Entity == LivechatPermission {
    /// May ask to enter livechat rooms at all.
    public static var viewLivechatRoom: Self { Asked.viewLivechatRoom }
    /// Is not limited in how often it may ask.
    public static var bypassRateLimit: Self { Asked.bypassRateLimit }
    /// May enter every livechat room.
    public static var viewLivechatRooms: Self { Asked.viewLivechatRooms }
    /// May look into a closed room that another agent served.
    public static var viewRoomClosedByAnotherAgent: Self { Asked.viewRoomClosedByAnotherAgent }
    /// May look into a closed room of the own department.
    public static var viewRoomClosedInSameDepartment: Self { Asked.viewRoomClosedInSameDepartment }
}

/// Made once, since every decision asks for them: a generic type cannot store them.
private enum Asked {
    static let viewLivechatRoom = LivechatPermissionID(stored: "view-l-room")
    static let bypassRateLimit = LivechatPermissionID(stored: "api-bypass-rate-limit")
    static let viewLivechatRooms = LivechatPermissionID(stored: "view-livechat-rooms")
    static let viewRoomClosedByAnotherAgent = LivechatPermissionID(stored: "view-livechat-room-closed-by-another-agent")
    static let viewRoomClosedInSameDepartment = LivechatPermissionID(
        stored: "view-livechat-room-closed-same-department"
    )
}
