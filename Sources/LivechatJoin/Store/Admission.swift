public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
internal import LivechatValues

/// What an allowed verdict means: a store writes it and does not interpret.
public struct Admission: Hashable, Sendable {
    /// Who may enter.
    public let user: UserID
    /// Where.
    public let room: RoomID
    /// Why.
    public let reason: RoomAccess
    /// When it was decided.
    public let at: Timestamp

    /// Whether there is something to write: a member is one already (contract C7).
    public var isNew: Bool { reason != .member }

    /// Describes an admission.
    public init(user: UserID, room: RoomID, reason: RoomAccess, at: Timestamp) {
        self.user = user
        self.room = room
        self.reason = reason
        self.at = at
    }
}
