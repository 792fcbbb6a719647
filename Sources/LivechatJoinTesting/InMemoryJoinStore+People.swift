public import LivechatJoin

// What the calls promise is said in the protocol.
extension InMemoryJoinStore: JoinAdministration {
    /// Adds a user.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            guard world.users[user.id] == nil else { throw .taken("user", user.id) }
            for role in roles { try world.require(role) }
            world.users[user.id] = World.Person(user: user, roles: Set(roles))
        }
    }

    /// Lets a user log in, or not.
    public func setUser(_ user: LivechatUserID, isActive: Bool) async throws(DatabaseError) {
        try set(user) { LivechatUser(id: user, username: $0.username, isActive: isActive) }
    }

    /// Changes a user's name.
    public func setUser(_ user: LivechatUserID, username: String?) async throws(DatabaseError) {
        try set(user) { LivechatUser(id: user, username: username, isActive: $0.isActive) }
    }

    private func set(_ user: LivechatUserID, _ body: (LivechatUser) -> LivechatUser) throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.change(user) { person in person.user = body(person.user) }
        }
    }

    /// Gives a user a role.
    public func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.require(role)
            guard let room else {
                _ = try world.change(user) { person in person.roles.insert(role) }
                return
            }
            try world.require(user)
            try world.change(room) { place throws(DatabaseError) in
                guard place.members[user] != nil else { throw .notMember(user, of: room) }
                place.members[user]?.roles.insert(role)
            }
        }
    }

    /// Takes a role from a user.
    public func withdraw(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.require(role)
            guard let room else {
                _ = try world.change(user) { person in person.roles.remove(role) }
                return
            }
            try world.require(user)
            _ = try world.change(room) { place in place.members[user]?.roles.remove(role) }
        }
    }

    /// Makes a token for a user and stores its digest.
    public func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind,
        expiresAt: LivechatTimestamp?
    ) async throws(DatabaseError) -> LivechatIssuedToken {
        let issued = LivechatIssuedToken()
        let record = LivechatTokenRecord(kind: kind, createdAt: clock.now, expiresAt: expiresAt)
        try await addToken(issued.token, for: user, record)
        return issued
    }

    /// Stores the digest of a token that was made elsewhere.
    public func addToken(
        _ token: LivechatToken,
        for user: LivechatUserID,
        _ record: LivechatTokenRecord
    ) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.change(user) { person in person.tokens[token.digest] = record }
        }
    }

    /// Revokes one token of a user.
    @discardableResult
    public func revokeToken(
        _ digest: LivechatTokenDigest,
        of user: LivechatUserID
    ) async throws(DatabaseError) -> Bool {
        try change { world throws(DatabaseError) in
            try world.change(user) { person in person.tokens.removeValue(forKey: digest) != nil }
        }
    }

    /// Revokes every token of a user.
    public func revokeTokens(of user: LivechatUserID) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in try world.change(user) { person in person.tokens = [:] } }
    }

    /// Adds a role.
    public func addRole(_ role: LivechatRole) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            guard world.roles[role.id] == nil else { throw .taken("role", role.id) }
            for permission in role.restrictedTo { try world.require(permission) }
            world.roles[role.id] = role
        }
    }

    /// Changes where a role is meant to be assigned.
    public func setRole(_ role: LivechatRoleID, scope: LivechatRole.Scope) async throws(DatabaseError) {
        try set(role) {
            LivechatRole(id: role, scope: scope, description: $0.description, restrictedTo: $0.restrictedTo)
        }
    }

    /// Changes what people read about a role.
    public func setRole(_ role: LivechatRoleID, description: String?) async throws(DatabaseError) {
        try set(role) {
            LivechatRole(id: role, scope: $0.scope, description: description, restrictedTo: $0.restrictedTo)
        }
    }

    /// Restricts a role to a set of permissions.
    public func restrict(
        _ role: LivechatRoleID,
        to permissions: Set<LivechatPermissionID>
    ) async throws(DatabaseError) {
        try set(role, naming: permissions) {
            LivechatRole(id: role, scope: $0.scope, description: $0.description, restrictedTo: permissions)
        }
    }

    private func set(
        _ id: LivechatRoleID,
        naming permissions: Set<LivechatPermissionID> = [],
        _ body: (LivechatRole) -> LivechatRole
    ) throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            guard let role = world.roles[id] else { throw .none("role", id) }
            for permission in permissions { try world.require(permission) }
            world.roles[id] = body(role)
        }
    }

    /// Adds a permission.
    public func addPermission(_ permission: LivechatPermissionID) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            guard world.grants[permission] == nil else { throw .taken("permission", permission) }
            world.grants[permission] = []
        }
    }

    /// Grants roles a permission.
    public func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) async throws(DatabaseError) {
        try setGrants(of: permission, naming: roles) { $0.formUnion(roles) }
    }

    /// Takes a permission from roles.
    public func revoke(_ permission: LivechatPermissionID, from roles: [LivechatRoleID]) async throws(DatabaseError) {
        try setGrants(of: permission, naming: roles) { $0.subtract(roles) }
    }

    private func setGrants(
        of permission: LivechatPermissionID,
        naming roles: [LivechatRoleID],
        _ body: (inout Set<LivechatRoleID>) -> Void
    ) throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.require(permission)
            for role in roles { try world.require(role) }
            body(&world.grants[permission, default: []])
        }
    }

    /// Sets how long a login lives.
    public func setLoginExpiration(days: Double?) async throws(DatabaseError) {
        change { world in world.loginExpirationDays = days }
    }
}
