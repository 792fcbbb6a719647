public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
internal import LivechatValues

/// What an allowed verdict means: a store writes it and does not interpret.
public struct JoinAdmission: Hashable, Sendable {
    /// Who may enter.
    public let user: LivechatUserID
    /// Where.
    public let room: LivechatRoomID
    /// Why.
    public let reason: RoomAccess
    /// When it was decided.
    public let at: LivechatTimestamp

    /// Whether there is something to write: a member is one already (contract C7).
    public var isNew: Bool { reason != .member }

    /// Describes an admission.
    public init(user: LivechatUserID, room: LivechatRoomID, reason: RoomAccess, at: LivechatTimestamp) {
        self.user = user
        self.room = room
        self.reason = reason
        self.at = at
    }
}
