public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
public import LivechatValues

/// Changes what a store holds (contract C15).
///
/// Each call is one transaction. It throws ``LivechatStoreError`` with the code `notFound` when it names something that does
/// not exist, with `alreadyExists` when it adds what exists, and with another code when the store cannot be written;
/// nothing is changed then. A call that finds everything as it should be changes nothing. The next request sees what a
/// call has changed.
///
/// What a call changes it writes to the event log, in the same transaction: an event for each thing that has changed,
/// in the name of the ``JoinActor`` who performs it. The documentation has a table of the kinds and their keys.
public protocol JoinAdministration: Sendable {
    /// Where the time of these calls comes from.
    var clock: LivechatClock { get }

    // MARK: Users

    /// Adds a user.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - roles: The user's own roles.
    /// - Throws: `alreadyExists` for the user, `notFound` for a role.
    func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(LivechatStoreError)

    /// Changes what is known of a user.
    ///
    /// ```swift
    /// try await database.setUser(user) {
    ///     $0.username = "ann"
    ///     $0.isActive = true
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - change: Changes the user that there is; it may run more than once, and only its last run counts.
    /// - Throws: `notFound` for the user.
    func setUser(
        _ user: LivechatUserID,
        _ change: @escaping @Sendable (inout LivechatUser) -> Void
    )
        async throws(LivechatStoreError)

    /// Removes a user with their tokens, roles, memberships and posts as agent; rooms that they serve are served by
    /// nobody.
    ///
    /// - Throws: `notFound` for the user.
    func removeUser(_ user: LivechatUserID) async throws(LivechatStoreError)

    /// Gives a user a role.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - user: The user.
    ///   - room: The only room the role counts in, which the user must be a member of; nil for everywhere.
    /// - Throws: `notFound` for the role, the user, the room or the member.
    func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(LivechatStoreError)

    /// Takes a role from a user.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - user: The user.
    ///   - room: The room in which the role was given; nil for everywhere.
    /// - Throws: `notFound` for the role, the user or the room.
    func withdraw(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    )
        async throws(LivechatStoreError)

    // MARK: Tokens

    /// Makes a token for a user and stores its digest.
    ///
    /// A user who is not active gets one too, and is refused with it until they are active again.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - kind: What the token is for.
    ///   - expiresAt: Its own expiry; nil leaves it to the kind (contract C4).
    /// - Returns: The token, to be revealed once.
    /// - Throws: `notFound` for the user.
    func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind,
        expiresAt: LivechatTimestamp?
    )
        async throws(LivechatStoreError) -> LivechatIssuedToken

    /// Stores the digest of a token that was made elsewhere, in place of what was stored of the same token.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - user: The user whom it lets in.
    ///   - record: What the token is for, when it was made and when it expires.
    /// - Throws: `notFound` for the user.
    func addToken(
        _ token: LivechatToken,
        for user: LivechatUserID,
        _ record: LivechatTokenRecord
    )
        async throws(LivechatStoreError)

    /// Revokes one token of a user.
    ///
    /// - Returns: Whether the token was stored.
    /// - Throws: `notFound` for the user.
    @discardableResult
    func revokeToken(_ digest: LivechatTokenDigest, of user: LivechatUserID) async throws(LivechatStoreError) -> Bool

    /// Revokes every token of a user, who is logged in nowhere any more.
    ///
    /// - Throws: `notFound` for the user.
    func revokeTokens(of user: LivechatUserID) async throws(LivechatStoreError)

    // MARK: Roles and permissions

    /// Adds a role.
    ///
    /// - Throws: `alreadyExists` for the role, `notFound` for a permission that it is restricted to.
    func addRole(_ role: LivechatRole) async throws(LivechatStoreError)

    /// Changes what is known of a role.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - change: Changes the role that there is; it may run more than once, and only its last run counts.
    /// - Throws: `notFound` for the role, or for a permission that it is restricted to then.
    func setRole(
        _ role: LivechatRoleID,
        _ change: @escaping @Sendable (inout LivechatRole) -> Void
    )
        async throws(LivechatStoreError)

    /// Removes a role with its grants, and takes it from those who hold it.
    ///
    /// - Throws: `notFound` for the role, `inUse` when it is restricted and users hold it: without it they could do
    ///   more.
    func removeRole(_ role: LivechatRoleID) async throws(LivechatStoreError)

    /// Adds a permission.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - roles: The roles that it is granted to.
    /// - Throws: `alreadyExists` for the permission, `notFound` for a role.
    func addPermission(
        _ permission: LivechatPermissionID,
        grantedTo roles: [LivechatRoleID]
    ) async throws(LivechatStoreError)

    /// Removes a permission with its grants.
    ///
    /// - Throws: `notFound` for the permission, `inUse` when a role is restricted to it.
    func removePermission(_ permission: LivechatPermissionID) async throws(LivechatStoreError)

    /// Grants roles a permission.
    ///
    /// - Throws: `notFound` for the permission or a role.
    func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) async throws(LivechatStoreError)

    /// Takes a permission from roles.
    ///
    /// - Throws: `notFound` for the permission or a role.
    func revoke(_ permission: LivechatPermissionID, from roles: [LivechatRoleID]) async throws(LivechatStoreError)

    // MARK: Departments

    /// Adds a department.
    ///
    /// - Parameters:
    ///   - department: Its id.
    ///   - isEnabled: Whether its queue is open to its agents.
    ///   - agents: Its agents.
    /// - Throws: `alreadyExists` for the department, `notFound` for an agent.
    func addDepartment(
        _ department: LivechatDepartmentID,
        isEnabled: Bool,
        agents: [LivechatUserID]
    )
        async throws(LivechatStoreError)

    /// Removes a department with its agents.
    ///
    /// - Throws: `notFound` for the department, `inUse` when rooms or inquiries belong to it, which would be queued for
    ///   everybody without it.
    func removeDepartment(_ department: LivechatDepartmentID) async throws(LivechatStoreError)

    /// Opens a department's queue to its agents.
    ///
    /// - Throws: `notFound` for the department.
    func enable(_ department: LivechatDepartmentID) async throws(LivechatStoreError)

    /// Closes a department's queue to its agents.
    ///
    /// - Throws: `notFound` for the department.
    func disable(_ department: LivechatDepartmentID) async throws(LivechatStoreError)

    /// Makes users agents of a department.
    ///
    /// - Throws: `notFound` for the department or a user.
    func addAgents(_ users: [LivechatUserID], to department: LivechatDepartmentID) async throws(LivechatStoreError)

    /// Takes users out of a department.
    ///
    /// - Throws: `notFound` for the department or a user.
    func removeAgents(_ users: [LivechatUserID], from department: LivechatDepartmentID) async throws(LivechatStoreError)

    // MARK: Rooms

    /// Adds a room, without members and without an inquiry.
    ///
    /// - Parameters:
    ///   - room: The room; its `membersCount` is not taken.
    ///   - kind: Its kind; only ``LivechatRoom/livechatKind`` is a livechat room (contract C8).
    /// - Throws: `alreadyExists` for the room, `notFound` for its agent or its department.
    func addRoom(_ room: LivechatRoom, kind: String) async throws(LivechatStoreError)

    /// Adds a livechat room with its inquiry, as for a visitor who waits.
    ///
    /// ```swift
    /// try await database.addRoom(LivechatRoom(id: "r1", departmentID: "billing"), queuedIn: "billing")
    /// ```
    ///
    /// - Parameters:
    ///   - room: The room; its `membersCount` is not taken.
    ///   - department: The department in whose queue it waits; nil for the public queue.
    ///   - defaultAgent: The agent who may look into it whatever the queue, if there is one.
    /// - Throws: `alreadyExists` for the room, `notFound` for an agent or a department.
    func addRoom(
        _ room: LivechatRoom,
        queuedIn department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(LivechatStoreError)

    /// Removes a room, of whatever kind, with its members and its inquiry; its events stay.
    ///
    /// - Throws: `notFound` for the room.
    func removeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError)

    /// Sets the department that a room belongs to.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - department: The department; nil for none.
    /// - Throws: `notFound` for the room or the department.
    func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws(LivechatStoreError)

    /// Opens a room.
    ///
    /// - Throws: `notFound` for the room.
    func openRoom(_ room: LivechatRoomID) async throws(LivechatStoreError)

    /// Closes a room; nobody joins it once this has returned.
    ///
    /// - Throws: `notFound` for the room.
    func closeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError)

    /// Makes a user the agent who serves a room.
    ///
    /// - Throws: `notFound` for the room or the user.
    func serve(_ room: LivechatRoomID, by user: LivechatUserID) async throws(LivechatStoreError)

    /// Leaves a room without an agent who serves it.
    ///
    /// - Throws: `notFound` for the room.
    func unserve(_ room: LivechatRoomID) async throws(LivechatStoreError)

    /// Queues a room's inquiry, in place of the inquiry that it has (contract C6).
    ///
    /// A default agent keeps nobody out: the public queue is open to everybody who holds `view-l-room`, and that of a
    /// department to its agents, where the setting `previewRoom` is on.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - department: The department in whose queue it waits; nil for the public queue.
    ///   - defaultAgent: The agent who may look into it whatever the queue, if there is one.
    /// - Throws: `notFound` for the room, the department or the user.
    func queue(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    )
        async throws(LivechatStoreError)

    /// Takes a room's inquiry away, so that nobody previews the room.
    ///
    /// - Throws: `notFound` for the room.
    func dequeue(_ room: LivechatRoomID) async throws(LivechatStoreError)

    /// Makes a user a member without a join.
    ///
    /// - Throws: `notFound` for the user or the room.
    func addMember(_ user: LivechatUserID, to room: LivechatRoomID) async throws(LivechatStoreError)

    /// Ends a membership: it goes with its roles, and the room counts one member less.
    ///
    /// - Parameters:
    ///   - room: The room, open or closed.
    ///   - user: The member.
    /// - Returns: Whether the user was a member.
    /// - Throws: `notFound` for the room or the user.
    @discardableResult
    func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws(LivechatStoreError) -> Bool

    // MARK: Settings

    /// Sets whether agents may look into queued rooms: the routing setting `previewRoom` (contract C6).
    ///
    /// - Throws: When the store cannot be written.
    func setPreviewRoom(_ isOn: Bool) async throws(LivechatStoreError)

    /// Sets how long a login lives (contract C4).
    ///
    /// - Parameter days: Days of 24 hours; nil, or what is not a positive number, means 90.
    /// - Throws: When the store cannot be written.
    func setLoginExpiration(days: Double?) async throws(LivechatStoreError)

    // MARK: The event log

    /// Removes the oldest events of the log.
    ///
    /// A cursor that stands before the last of them is an error from then on, so prune what every reader has dealt
    /// with. It is one transaction: nothing else is written while many are removed.
    ///
    /// - Parameter cursor: The first event to keep, as the sequence of one or a cursor, whose log is compared. One more
    ///   than the last event keeps none.
    /// - Returns: How many were removed.
    /// - Throws: `invalidCursor` when the log ends before that, or it is another one.
    @discardableResult
    func pruneEvents(before cursor: JoinEvent.Cursor) async throws(LivechatStoreError) -> Int
}

// What a call takes when nothing else is said.
extension JoinAdministration {
    /// Adds a user without roles.
    public func addUser(_ user: LivechatUser) async throws(LivechatStoreError) { try await addUser(user, roles: []) }

    /// Gives a user a role that counts everywhere.
    public func assign(_ role: LivechatRoleID, to user: LivechatUserID) async throws(LivechatStoreError) {
        try await assign(role, to: user, in: nil)
    }

    /// Takes a role that counts everywhere from a user.
    public func withdraw(_ role: LivechatRoleID, from user: LivechatUserID) async throws(LivechatStoreError) {
        try await withdraw(role, from: user, in: nil)
    }

    /// Makes a token for a user and stores its digest.
    public func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind = .login
    ) async throws(LivechatStoreError) -> LivechatIssuedToken {
        try await issueToken(for: user, kind: kind, expiresAt: nil)
    }

    /// Makes a token for a user that lives this long, and stores its digest.
    ///
    /// ```swift
    /// let token = try await database.issueToken(for: user, expiresIn: .seconds(3_600)).reveal()
    /// ```
    public func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind = .login,
        expiresIn lifetime: Duration
    ) async throws(LivechatStoreError) -> LivechatIssuedToken {
        try await issueToken(for: user, kind: kind, expiresAt: clock.now.adding(lifetime))
    }

    /// Lets a user log in, or not.
    ///
    /// - Throws: `notFound` for the user.
    public func setUser(_ user: LivechatUserID, isActive: Bool) async throws(LivechatStoreError) {
        try await setUser(user) { $0.isActive = isActive }
    }

    /// Changes a user's name, which decides nothing.
    ///
    /// - Throws: `notFound` for the user.
    public func setUser(_ user: LivechatUserID, username: String?) async throws(LivechatStoreError) {
        try await setUser(user) { $0.username = username }
    }

    /// Changes where a role is meant to be assigned, which decides nothing.
    ///
    /// - Throws: `notFound` for the role.
    public func setRole(_ role: LivechatRoleID, scope: LivechatRole.Scope) async throws(LivechatStoreError) {
        try await setRole(role) { $0.scope = scope }
    }

    /// Changes what people read about a role, which decides nothing.
    ///
    /// - Throws: `notFound` for the role.
    public func setRole(_ role: LivechatRoleID, description: String?) async throws(LivechatStoreError) {
        try await setRole(role) { $0.description = description }
    }

    /// Restricts a role to a set of permissions, in place of the restriction that it has (contract C5).
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - permissions: The only permissions that its holders can have; an empty set lifts the restriction.
    /// - Throws: `notFound` for the role or a permission.
    public func restrict(
        _ role: LivechatRoleID,
        to permissions: Set<LivechatPermissionID>
    ) async throws(LivechatStoreError) {
        try await setRole(role) { $0.restrictedTo = permissions }
    }

    /// Lifts the restriction of a role.
    public func unrestrict(_ role: LivechatRoleID) async throws(LivechatStoreError) { try await restrict(role, to: []) }

    /// Adds a department that is enabled.
    public func addDepartment(
        _ department: LivechatDepartmentID,
        agents: [LivechatUserID] = []
    ) async throws(LivechatStoreError) {
        try await addDepartment(department, isEnabled: true, agents: agents)
    }

    /// Adds a permission, granted to no role yet.
    public func addPermission(_ permission: LivechatPermissionID) async throws(LivechatStoreError) {
        try await addPermission(permission, grantedTo: [])
    }

    /// Adds a livechat room with its inquiry, for no agent in particular.
    public func addRoom(
        _ room: LivechatRoom,
        queuedIn department: LivechatDepartmentID?
    ) async throws(LivechatStoreError) {
        try await addRoom(room, queuedIn: department, defaultAgent: nil)
    }

    /// Adds a livechat room.
    public func addRoom(_ room: LivechatRoom) async throws(LivechatStoreError) {
        try await addRoom(room, kind: LivechatRoom.livechatKind)
    }

    /// Queues a room's inquiry in the queue of a department, or in the public queue.
    public func queue(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID? = nil
    ) async throws(LivechatStoreError) {
        try await queue(room, department: department, defaultAgent: nil)
    }

    /// Queues a room's inquiry in the public queue, for an agent.
    public func queue(_ room: LivechatRoomID, defaultAgent: LivechatUserID) async throws(LivechatStoreError) {
        try await queue(room, department: nil, defaultAgent: defaultAgent)
    }
}
