public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
internal import LivechatValues

/// A user with what belongs to the user.
public struct LivechatStoredUser: Identifiable, Sendable {
    /// The user.
    public let user: LivechatUser
    /// The roles that count everywhere, in the order of their ids.
    public let roles: [LivechatRoleID]
    /// The roles that count in one room only, by the room, in the order of their ids (contract C5).
    public let roomRoles: [LivechatRoomID: [LivechatRoleID]]
    /// The departments that the user is an agent of, in the order of their ids.
    public let departments: [LivechatDepartmentID]
    /// How many tokens are stored, the expired ones among them.
    public let tokensCount: Int

    /// The user's id.
    public var id: LivechatUserID { user.id }

    /// Describes a user.
    public init(
        user: LivechatUser,
        roles: [LivechatRoleID] = [],
        roomRoles: [LivechatRoomID: [LivechatRoleID]] = [:],
        departments: [LivechatDepartmentID] = [],
        tokensCount: Int = 0
    ) {
        self.user = user
        self.roles = roles
        self.roomRoles = roomRoles
        self.departments = departments
        self.tokensCount = tokensCount
    }
}

/// A role with its grants.
public struct LivechatStoredRole: Identifiable, Sendable {
    /// The role.
    public let role: LivechatRole
    /// The permissions that it is granted, in the order of their ids.
    public let permissions: [LivechatPermissionID]

    /// The role's id.
    public var id: LivechatRoleID { role.id }

    /// Describes a role.
    public init(role: LivechatRole, permissions: [LivechatPermissionID] = []) {
        self.role = role
        self.permissions = permissions
    }
}

/// A permission with the roles that it is granted to.
public struct LivechatStoredPermission: Identifiable, Sendable {
    /// The permission's id.
    public let id: LivechatPermissionID
    /// The roles that it is granted to, in the order of their ids.
    public let roles: [LivechatRoleID]
    /// The roles that are restricted to it, perhaps among others, in the order of their ids.
    public let restrictedRoles: [LivechatRoleID]

    /// Describes a permission.
    public init(id: LivechatPermissionID, roles: [LivechatRoleID] = [], restrictedRoles: [LivechatRoleID] = []) {
        self.id = id
        self.roles = roles
        self.restrictedRoles = restrictedRoles
    }
}

/// A department with its agents.
public struct LivechatStoredDepartment: Identifiable, Sendable {
    /// The department's id.
    public let id: LivechatDepartmentID
    /// Whether its queue is open to its agents.
    public let isEnabled: Bool
    /// Its agents, in the order of their ids.
    public let agents: [LivechatUserID]

    /// Describes a department.
    public init(id: LivechatDepartmentID, isEnabled: Bool = true, agents: [LivechatUserID] = []) {
        self.id = id
        self.isEnabled = isEnabled
        self.agents = agents
    }
}

/// A room of whatever kind, with its inquiry.
public struct LivechatStoredRoom: Identifiable, Sendable {
    /// The room.
    public let room: LivechatRoom
    /// What kind of room it is; only ``LivechatRoom/livechatKind`` is a livechat room (contract C8).
    public let kind: String
    /// The room's inquiry, whatever its status.
    public let inquiry: Inquiry?

    /// The room's id.
    public var id: LivechatRoomID { room.id }

    /// An inquiry: a visitor who waits, or has waited, in the room.
    public struct Inquiry: Hashable, Sendable {
        /// Only `queued` opens a preview.
        public let status: String?
        /// The department it waits in; nil is the public queue.
        public let departmentID: LivechatDepartmentID?
        /// The agent whom it is meant for, if there is one.
        public let defaultAgent: LivechatUserID?

        /// Describes an inquiry.
        public init(
            status: String? = QueueFact.Inquiry.queued,
            departmentID: LivechatDepartmentID? = nil,
            defaultAgent: LivechatUserID? = nil
        ) {
            self.status = status
            self.departmentID = departmentID
            self.defaultAgent = defaultAgent
        }
    }

    /// Describes a room.
    public init(room: LivechatRoom, kind: String = LivechatRoom.livechatKind, inquiry: Inquiry? = nil) {
        self.room = room
        self.kind = kind
        self.inquiry = inquiry
    }
}

/// The settings of a store (contract C8).
public struct LivechatSettings: Hashable, Sendable {
    /// Whether agents may look into queued rooms.
    public let previewRoom: Bool
    /// How long a login lives that has no expiry of its own, in days; nil where nothing is set, which is
    /// ``LoginExpiration/defaultDays``.
    public let loginExpirationDays: Double?

    /// Describes the settings.
    public init(previewRoom: Bool = false, loginExpirationDays: Double? = nil) {
        self.previewRoom = previewRoom
        self.loginExpirationDays = loginExpirationDays
    }
}
