public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
public import LivechatValues

/// Reads what a store holds, as values (contract C8).
public protocol JoinLookups: Sendable {
    /// Finds a user.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: When the store cannot be read.
    func user(_ id: LivechatUserID) async throws(DatabaseError) -> LivechatUser?

    /// Finds a livechat room.
    ///
    /// - Returns: nil when there is none, or it is of another kind.
    /// - Throws: When the store cannot be read.
    func room(_ id: LivechatRoomID) async throws(DatabaseError) -> LivechatRoom?

    /// Lists the members of a room, of whatever kind.
    ///
    /// - Returns: The members in the order of their ids; none when there is no such room.
    /// - Throws: When the store cannot be read.
    func members(of room: LivechatRoomID) async throws(DatabaseError) -> [LivechatMember]
}

/// A member of a room.
public struct LivechatMember: Hashable, Sendable {
    /// Who.
    public let user: LivechatUserID
    /// Since when.
    public let joinedAt: LivechatTimestamp
    /// The roles that count in this room only, in the order of their ids (contract C5).
    public let roles: [LivechatRoleID]

    /// Describes a member.
    public init(user: LivechatUserID, joinedAt: LivechatTimestamp, roles: [LivechatRoleID] = []) {
        self.user = user
        self.joinedAt = joinedAt
        self.roles = roles
    }
}
