public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens

// For programs that set up what they need each time they start. What is there stays as it is.
extension JoinAdministration {
    /// Adds a user where there is none with this id.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - roles: The user's own roles.
    /// - Returns: Whether the user was added; one who is there keeps their name, state and roles.
    /// - Throws: `notFound` for a role.
    @discardableResult
    public func ensureUser(
        _ user: LivechatUser,
        roles: [LivechatRoleID] = []
    ) async throws(LivechatStoreError) -> Bool {
        try await isAdded { () async throws(LivechatStoreError) in try await addUser(user, roles: roles) }
    }

    /// Adds a role where there is none with this id.
    ///
    /// - Returns: Whether the role was added.
    /// - Throws: `notFound` for a permission that it is restricted to.
    @discardableResult
    public func ensureRole(_ role: LivechatRole) async throws(LivechatStoreError) -> Bool {
        try await isAdded { () async throws(LivechatStoreError) in try await addRole(role) }
    }

    /// Adds a permission where there is none with this id.
    ///
    /// ```swift
    /// try await database.ensurePermission("open-till", grantedTo: [.livechatManager])
    /// ```
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - roles: The roles that it is granted to when it is added.
    /// - Returns: Whether the permission was added; one that is there keeps its grants.
    /// - Throws: `notFound` for a role.
    @discardableResult
    public func ensurePermission(
        _ permission: LivechatPermissionID,
        grantedTo roles: [LivechatRoleID] = []
    ) async throws(LivechatStoreError) -> Bool {
        try await isAdded { () async throws(LivechatStoreError) in
            try await addPermission(permission, grantedTo: roles)
        }
    }

    /// Adds a department where there is none with this id.
    ///
    /// - Parameters:
    ///   - department: The department.
    ///   - agents: Its agents.
    /// - Returns: Whether the department was added.
    /// - Throws: `notFound` for an agent.
    @discardableResult
    public func ensureDepartment(
        _ department: LivechatDepartmentID,
        agents: [LivechatUserID] = []
    ) async throws(LivechatStoreError) -> Bool {
        try await isAdded { () async throws(LivechatStoreError) in try await addDepartment(department, agents: agents) }
    }

    /// Adds a livechat room where there is none with this id.
    ///
    /// - Returns: Whether the room was added; one that is there keeps its state, its agent and its department.
    /// - Throws: `notFound` for its agent or its department.
    @discardableResult
    public func ensureRoom(_ room: LivechatRoom) async throws(LivechatStoreError) -> Bool {
        try await isAdded { () async throws(LivechatStoreError) in try await addRoom(room) }
    }

    private func isAdded(_ add: () async throws(LivechatStoreError) -> Void) async throws(LivechatStoreError) -> Bool {
        do {
            try await add()
            return true
        } catch {
            guard error.code == .alreadyExists else { throw error }
            return false
        }
    }
}
