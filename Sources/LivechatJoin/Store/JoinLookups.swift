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
    func user(_ id: LivechatUserID) async throws(LivechatStoreError) -> LivechatUser?

    /// Finds the users who have a name, which several may share: a login by name must not take the first of them.
    ///
    /// - Parameter username: The name, compared byte for byte: another case or another composition is another name.
    /// - Returns: The users in the order of their ids; none when nobody has the name.
    /// - Throws: When the store cannot be read.
    func users(named username: String) async throws(LivechatStoreError) -> [LivechatUser]

    /// Finds a livechat room.
    ///
    /// - Returns: nil when there is none, or it is of another kind.
    /// - Throws: When the store cannot be read.
    func room(_ id: LivechatRoomID) async throws(LivechatStoreError) -> LivechatRoom?

    /// Whether a user is a member of a room, of whatever kind.
    ///
    /// - Returns: false as well when there is no such user or no such room.
    /// - Throws: When the store cannot be read.
    func isMember(_ user: LivechatUserID, of room: LivechatRoomID) async throws(LivechatStoreError) -> Bool

    /// Lists the roles of a user that count everywhere.
    ///
    /// - Returns: The roles in the order of their ids; none when there is no such user.
    /// - Throws: When the store cannot be read.
    func roles(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatRoleID]

    /// Lists the tokens of a user; an expired one is among them until it is revoked.
    ///
    /// - Returns: The tokens in the order of their digests in base64; none when there is no such user.
    /// - Throws: When the store cannot be read.
    func tokens(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatStoredToken]

    // MARK: Lists

    /// Lists users.
    ///
    /// - Throws: When the store cannot be read.
    func users(_ page: LivechatPage<LivechatUserID>) async throws(LivechatStoreError) -> [LivechatStoredUser]

    /// Lists roles.
    ///
    /// - Throws: When the store cannot be read.
    func roles(_ page: LivechatPage<LivechatRoleID>) async throws(LivechatStoreError) -> [LivechatStoredRole]

    /// Lists permissions.
    ///
    /// - Throws: When the store cannot be read.
    func permissions(
        _ page: LivechatPage<LivechatPermissionID>
    ) async throws(LivechatStoreError)
        -> [LivechatStoredPermission]

    /// Lists departments.
    ///
    /// - Throws: When the store cannot be read.
    func departments(
        _ page: LivechatPage<LivechatDepartmentID>
    ) async throws(LivechatStoreError)
        -> [LivechatStoredDepartment]

    /// Lists rooms of every kind: one that is no livechat room is what explains an `error-invalid-room`.
    ///
    /// - Throws: When the store cannot be read.
    func rooms(_ page: LivechatPage<LivechatRoomID>) async throws(LivechatStoreError) -> [LivechatStoredRoom]

    /// Lists the members of a room, of whatever kind.
    ///
    /// - Returns: The members; none when there is no such room.
    /// - Throws: When the store cannot be read.
    func members(
        of room: LivechatRoomID,
        _ page: LivechatPage<LivechatUserID>
    ) async throws(LivechatStoreError) -> [LivechatMember]

    /// Reads the settings.
    ///
    /// - Throws: When the store cannot be read.
    func settings() async throws(LivechatStoreError) -> LivechatSettings
}

extension JoinLookups {
    /// Lists every member of a room, of whatever kind.
    ///
    /// - Returns: The members in the order of their ids; none when there is no such room.
    /// - Throws: When the store cannot be read.
    public func members(of room: LivechatRoomID) async throws(LivechatStoreError) -> [LivechatMember] {
        try await members(of: room, .all)
    }
}

/// A token as it is stored: its digest, never the token.
public struct LivechatStoredToken: Sendable {
    /// What ``JoinAdministration/revokeToken(_:of:)`` takes.
    public let digest: LivechatTokenDigest
    /// What the token is for, when it was made and when it expires.
    public let record: LivechatTokenRecord

    /// Describes a token.
    public init(digest: LivechatTokenDigest, record: LivechatTokenRecord) {
        self.digest = digest
        self.record = record
    }
}

/// A member of a room.
public struct LivechatMember: Identifiable, Hashable, Sendable {
    /// Who.
    public let user: LivechatUserID
    /// Since when.
    public let joinedAt: LivechatTimestamp
    /// The roles that count in this room only, in the order of their ids (contract C5).
    public let roles: [LivechatRoleID]

    /// The member's id.
    public var id: LivechatUserID { user }

    /// Describes a member.
    public init(user: LivechatUserID, joinedAt: LivechatTimestamp, roles: [LivechatRoleID] = []) {
        self.user = user
        self.joinedAt = joinedAt
        self.roles = roles
    }
}
