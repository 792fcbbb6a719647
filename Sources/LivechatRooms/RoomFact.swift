/// What a store tells of a room and of how one user stands to it; ``AccessRule`` decides by it.
public struct RoomFact: Hashable, Sendable {
    /// The kind of the room; only ``LivechatRoom/livechatKind`` is a livechat room (contract C8).
    public var kind: String
    /// Whether the room is open.
    public var isOpen: Bool
    /// Whether the user is a member.
    public var isMember: Bool
    /// Whether the user serves the room.
    public var isServing: Bool
    /// Whether agents may look into queued rooms: the routing setting `previewRoom`.
    public var previewsQueue: Bool

    /// Describes a room as one user stands to it.
    public init(
        kind: String = LivechatRoom.livechatKind,
        isOpen: Bool = true,
        isMember: Bool = false,
        isServing: Bool = false,
        previewsQueue: Bool = false
    ) {
        self.kind = kind
        self.isOpen = isOpen
        self.isMember = isMember
        self.isServing = isServing
        self.previewsQueue = previewsQueue
    }

    /// Whether it is a livechat room; another kind counts as none (contract C8).
    public var isLivechat: Bool { kind == LivechatRoom.livechatKind }
}

/// What a store tells of the department and the inquiry of a room, and of how one user stands to them.
public struct QueueFact: Hashable, Sendable {
    /// The inquiry of a room.
    public struct Inquiry: Hashable, Sendable {
        /// Only ``queued`` opens a preview.
        public var status: String?
        /// Whether the user is the inquiry's default agent.
        public var isForUser: Bool
        /// The department it waits in; nil is the public queue.
        public var department: Department?

        /// The status of an inquiry that waits.
        public static let queued = "queued"

        /// Describes an inquiry as one user stands to it.
        public init(status: String?, isForUser: Bool = false, department: Department? = nil) {
            self.status = status
            self.isForUser = isForUser
            self.department = department
        }
    }

    /// The department that an inquiry waits in.
    public struct Department: Hashable, Sendable {
        /// Whether its queue is open to its agents.
        public var isEnabled: Bool
        /// Whether the user is one of its agents.
        public var hasUser: Bool

        /// Describes a department as one user stands to it.
        public init(isEnabled: Bool, hasUser: Bool) {
            self.isEnabled = isEnabled
            self.hasUser = hasUser
        }
    }

    /// Whether the user is an agent of the room's department, enabled or not.
    public var isDepartmentAgent: Bool
    /// The room's inquiry, whatever its status.
    public var inquiry: Inquiry?

    /// Describes the department and the inquiry of a room as one user stands to them.
    public init(isDepartmentAgent: Bool = false, inquiry: Inquiry? = nil) {
        self.isDepartmentAgent = isDepartmentAgent
        self.inquiry = inquiry
    }
}
