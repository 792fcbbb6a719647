public import LivechatJoin

// Roles, permissions, users and tokens (contract C4, C5).
extension InMemoryJoinStore {
    /// Adds a role.
    ///
    /// - Parameters:
    ///   - id: The role's id.
    ///   - permissions: What it is granted.
    ///   - restrictedTo: The only permissions that its holders can have; empty restricts nothing.
    /// - Throws: ``InvalidWorld`` when there is such a role already, or an id is none.
    public func addRole(
        _ id: String,
        permissions: [String] = [],
        restrictedTo: [String] = []
    ) throws(InvalidWorld) {
        let role = try LivechatRoleID(id, named: "role")
        try change { world throws(InvalidWorld) in
            guard world.roles.insert(role).inserted else { throw .twice("role", role) }
            for permission in permissions {
                world.grants[try LivechatPermissionID(permission, named: "permission"), default: []].insert(role)
            }
            world.restrictions[role] = try Self.permissions(restrictedTo)
        }
    }

    /// Grants a permission to a role.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such role, or an id is none.
    public func grant(_ permission: String, to role: String) throws(InvalidWorld) {
        let permission = try LivechatPermissionID(permission, named: "permission")
        let role = try LivechatRoleID(role, named: "role")
        try change { world throws(InvalidWorld) in
            guard world.roles.contains(role) else { throw .none("role", role) }
            world.grants[permission, default: []].insert(role)
        }
    }

    /// Takes a permission from a role.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such role, or an id is none.
    public func withdraw(_ permission: String, from role: String) throws(InvalidWorld) {
        let permission = try LivechatPermissionID(permission, named: "permission")
        let role = try LivechatRoleID(role, named: "role")
        try change { world throws(InvalidWorld) in
            guard world.roles.contains(role) else { throw .none("role", role) }
            world.grants[permission]?.remove(role)
        }
    }

    /// Restricts the holders of a role to these permissions; an empty list lifts the restriction.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such role, or an id is none.
    public func restrict(_ role: String, to permissions: [String]) throws(InvalidWorld) {
        let role = try LivechatRoleID(role, named: "role")
        try change { world throws(InvalidWorld) in
            guard world.roles.contains(role) else { throw .none("role", role) }
            world.restrictions[role] = try Self.permissions(permissions)
        }
    }

    private static func permissions(_ ids: [String]) throws(InvalidWorld) -> Set<LivechatPermissionID> {
        var permissions: Set<LivechatPermissionID> = []
        for id in ids { permissions.insert(try LivechatPermissionID(id, named: "permission")) }
        return permissions
    }

    /// Adds a user.
    ///
    /// - Parameters:
    ///   - id: The user's id.
    ///   - isActive: Whether the user may log in.
    ///   - roles: The user's roles, which count everywhere.
    ///   - token: A raw login token made now; only its digest is kept.
    /// - Throws: ``InvalidWorld`` when there is such a user already, or no such role.
    public func addUser(
        _ id: String,
        isActive: Bool = true,
        roles: [String] = [],
        token: String? = nil
    ) throws(InvalidWorld) {
        let user = try LivechatUserID(id, named: "user")
        let record = LivechatTokenRecord(createdAt: clock.now)
        try change { world throws(InvalidWorld) in
            guard world.users[user] == nil else { throw .twice("user", user) }
            var person = World.Person(isActive: isActive, roles: try Self.roles(roles, in: world))
            if let token { person.tokens[LivechatToken(token).digest] = record }
            world.users[user] = person
        }
    }

    static func roles(_ ids: [String], in world: World) throws(InvalidWorld) -> Set<LivechatRoleID> {
        var roles: Set<LivechatRoleID> = []
        for id in ids {
            let role = try LivechatRoleID(id, named: "role")
            guard world.roles.contains(role) else { throw .none("role", role) }
            roles.insert(role)
        }
        return roles
    }

    /// Gives a user other roles in place of those the user has.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such user or no such role.
    public func setRoles(of user: String, to roles: [String]) throws(InvalidWorld) {
        try changeUser(user) { person, world throws(InvalidWorld) in
            person.roles = try Self.roles(roles, in: world)
        }
    }

    /// Forbids a user to log in.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such user.
    public func deactivateUser(_ user: String) throws(InvalidWorld) {
        try changeUser(user) { person, _ in person.isActive = false }
    }

    /// Allows a user to log in.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such user.
    public func activateUser(_ user: String) throws(InvalidWorld) {
        try changeUser(user) { person, _ in person.isActive = true }
    }

    /// Gives a user a token.
    ///
    /// - Parameters:
    ///   - raw: The raw token; only its digest is kept.
    ///   - user: The user.
    ///   - kind: What the token is for.
    ///   - createdAt: When it was made; now where nothing is said.
    ///   - expiresAt: Its own expiry, where it has one.
    /// - Throws: ``InvalidWorld`` when there is no such user.
    public func addToken(
        _ raw: String,
        to user: String,
        kind: LivechatTokenRecord.Kind = .login,
        createdAt: LivechatTimestamp? = nil,
        expiresAt: LivechatTimestamp? = nil
    ) throws(InvalidWorld) {
        let record = LivechatTokenRecord(kind: kind, createdAt: createdAt ?? clock.now, expiresAt: expiresAt)
        try changeUser(user) { person, _ in person.tokens[LivechatToken(raw).digest] = record }
    }

    /// Takes a token from a user.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such user.
    public func revokeToken(_ raw: String, of user: String) throws(InvalidWorld) {
        try changeUser(user) { person, _ in person.tokens[LivechatToken(raw).digest] = nil }
    }

    private func changeUser(
        _ id: String,
        _ body: (inout World.Person, World) throws(InvalidWorld) -> Void
    ) throws(InvalidWorld) {
        let user = try LivechatUserID(id, named: "user")
        try change { world throws(InvalidWorld) in
            guard var person = world.users[user] else { throw .none("user", user) }
            try body(&person, world)
            world.users[user] = person
        }
    }

    /// Sets how long a login lives, in days; not a positive number means 90 (contract C4).
    public func setLoginExpirationDays(_ days: Double?) {
        change { world in world.loginExpirationDays = days }
    }
}
