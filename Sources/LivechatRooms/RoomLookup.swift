public import LivechatPermissions
public import LivechatTokens

/// What finding a room tells at once.
public struct RoomState: Sendable {
    /// Whether it is a livechat room; another kind is as good as none (contract C8).
    public var isLivechat: Bool
    /// Whether it is open.
    public var isOpen: Bool

    /// Describes what was found.
    public init(isLivechat: Bool, isOpen: Bool) {
        self.isLivechat = isLivechat
        self.isOpen = isOpen
    }
}

/// A queued inquiry as one user stands to it.
public struct QueuedInquiry: Sendable {
    /// How the user stands to the department that the inquiry waits in.
    public enum Department: Sendable {
        /// The inquiry waits in the public queue.
        case none
        /// The user is one of the department's agents, and the department is enabled.
        case ofUser
        /// The department is disabled, or the user is not one of its agents.
        case other
    }

    /// Whether the inquiry is meant for the user first.
    public var isForUser: Bool
    /// How the user stands to its department.
    public var department: Department

    /// Describes what was found.
    public init(isForUser: Bool, department: Department) {
        self.isForUser = isForUser
        self.department = department
    }
}

/// Looks up where somebody may go. Each question is asked only when the answers before it did not decide, but for
/// `room`.
public protocol RoomLookup {
    /// Finds a room, of whatever kind.
    func roomState(_ room: RoomID) throws -> RoomState?
    /// Reads a livechat room whole, open or closed, for an embedder's own rules. Where there are rules it is asked
    /// first of all that is asked about the room, so that it is found once.
    ///
    /// - Returns: nil when there is no such room, or it is of another kind.
    func room(_ room: RoomID) throws -> Room?
    /// Whether the user is a member of the room.
    func isMember(_ user: UserID, of room: RoomID) throws -> Bool
    /// Whether the user serves the room.
    func isServing(_ user: UserID, _ room: RoomID) throws -> Bool
    /// Whether agents may look into queued rooms: the routing setting `previewRoom`.
    func previewsQueue() throws -> Bool
    /// The room's inquiry as the user stands to it; nil unless its status is `queued`.
    func queuedInquiry(of room: RoomID, for user: UserID) throws -> QueuedInquiry?
    /// Whether the user is an agent of the room's department, enabled or not.
    func isDepartmentAgent(_ user: UserID, of room: RoomID) throws -> Bool
}
