public import LivechatPermissions
public import LivechatTokens
public import LivechatValues

/// An entry of the event log: what the embedding backend reads to tell the room (contract C7, C11).
public struct JoinEvent: Hashable, Sendable {
    /// What happened; a struct, so that a kind of a later version is read and passed on.
    public struct Kind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The kind as the log has it.
        public let rawValue: String

        /// Takes a kind as the log has it.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The kind as the log has it.
        public var description: String { rawValue }

        /// A user became a member of a room.
        public static let joined = Kind(rawValue: "joined")
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
    /// The id of the log.
    public let log: String

    /// Describes an event that a store has written.
    public init(
        sequence: Int64,
        kind: Kind,
        at: LivechatTimestamp,
        roomID: LivechatRoomID,
        userID: LivechatUserID,
        log: String
    ) {
        self.sequence = sequence
        self.kind = kind
        self.at = at
        self.roomID = roomID
        self.userID = userID
        self.log = log
    }

    /// The event as one line of JSON, without the line's end.
    public var json: String {
        #"{"seq":\#(sequence),"kind":\#(JSONString.quoted(kind.rawValue)),"at":"\#(at.rfc3339)","#
            + #""roomId":\#(JSONString.quoted(roomID.string)),"userId":\#(JSONString.quoted(userID.string)),"#
            + #""log":\#(JSONString.quoted(log))}"#
    }
}
