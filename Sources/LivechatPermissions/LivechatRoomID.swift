internal import LivechatTokens
public import LivechatValues

/// What a room's id stands for; it is declared here because a permission check can name a room.
public enum LivechatRoomEntity {}

/// The id of a room.
public typealias LivechatRoomID = LivechatID<LivechatRoomEntity>
