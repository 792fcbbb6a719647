public import LivechatJoin

/// One membership that a join has written, as ``InMemoryJoinStore`` keeps it (contract C7).
public struct JoinedEvent: Hashable, Sendable {
    /// The event's place in the log, from 1 on.
    public let sequence: Int
    /// When the user joined.
    public let at: LivechatTimestamp
    /// The room.
    public let roomID: LivechatRoomID
    /// The user.
    public let userID: LivechatUserID
}
