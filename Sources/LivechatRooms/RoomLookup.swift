public import LivechatPermissions
public import LivechatTokens
public import LivechatValues

/// Looks up where somebody may go.
public protocol RoomLookup {
    /// Finds a room, of whatever kind, and how a user stands to it.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - user: The user who asks; an unknown one stands to no room in any way.
    /// - Returns: nil when there is no such room.
    /// - Throws: When the store cannot be read.
    func room(_ room: LivechatRoomID, for user: LivechatUserID) throws -> RoomFact?
    /// Finds the department and the inquiry of a room, and how a user stands to them.
    ///
    /// It is asked only where the room itself has not decided.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - user: The user who asks.
    /// - Returns: What was found; the room may have neither.
    /// - Throws: When the store cannot be read.
    func queue(of room: LivechatRoomID, for user: LivechatUserID) throws -> QueueFact
    /// Reads a livechat room for an embedder's own rules.
    ///
    /// - Returns: nil when there is no such room, or it is of another kind.
    /// - Throws: When the store cannot be read.
    func room(_ room: LivechatRoomID) throws -> LivechatRoom?
    /// Names the department that a room's inquiry waits in, for people; nothing is decided by it.
    ///
    /// - Returns: nil when it waits in none, and by default: a store need not tell.
    /// - Throws: When the store cannot be read.
    func departmentOfInquiry(of room: LivechatRoomID) throws -> LivechatDepartmentID?
}

extension RoomLookup {
    /// Tells no name.
    public func departmentOfInquiry(of room: LivechatRoomID) throws -> LivechatDepartmentID? { nil }
}
