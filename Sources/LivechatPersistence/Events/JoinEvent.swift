public import LivechatJoin

/// An entry of the event log: what the embedding backend reads to tell the room (contract C7, C11).
public struct JoinEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Sendable {
        /// A user became a member of a room.
        case joined
    }

    /// Its place in the log, from 1 on; it rises without gaps and is never used twice.
    public let sequence: Int64
    /// What happened.
    public let kind: Kind
    /// When it happened.
    public let at: LivechatTimestamp
    /// The room.
    public let roomID: LivechatRoomID
    /// The user.
    public let userID: LivechatUserID

    /// The event as one line of JSON, without the line's end.
    public var json: String {
        #"{"seq":\#(sequence),"kind":"\#(kind.rawValue)","at":"\#(at.rfc3339)","#
            + #""roomId":\#(JSONString.quoted(roomID.string)),"userId":\#(JSONString.quoted(userID.string))}"#
    }
}
