public import LivechatJoin

// What the calls promise is said in the protocol.
extension InMemoryJoinStore: JoinAdministration {
    /// Adds a user.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            guard world.users[user.id] == nil else { throw .taken("user", user.id) }
            for role in roles { try world.require(role) }
            world.users[user.id] = World.Person(user: user)
            world.record(.userAdded(user))
            for role in roles { try world.assign(role, to: user.id, in: nil) }
        }
    }

    /// Changes what is known of a user.
    public func setUser(
        _ user: LivechatUserID,
        _ change: @escaping @Sendable (inout LivechatUser) -> Void
    ) async throws(LivechatStoreError) {
        try self.change { world throws(LivechatStoreError) in
            let deeds = try world.change(user) { person in
                let found = person.user
                change(&person.user)
                return JoinDeed.changes(of: found, to: person.user)
            }
            world.record(deeds)
        }
    }

    /// Gives a user a role.
    public func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in try world.assign(role, to: user, in: room) }
    }

    /// Takes a role from a user.
    public func withdraw(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(role)
            try world.require(user)
            let withdrawn =
                if let room {
                    try world.change(room) { place in place.members[user]?.roles.remove(role) }
                } else {
                    try world.change(user) { person in person.roles.remove(role) }
                }
            if withdrawn != nil { world.record(.roleWithdrawn(role, from: user, in: room)) }
        }
    }

    /// Makes a token for a user and stores its digest.
    public func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind,
        expiresAt: LivechatTimestamp?
    ) async throws(LivechatStoreError) -> LivechatIssuedToken {
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
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            let stored = LivechatTokenRecord(
                kind: record.kind,
                createdAt: record.createdAt.writable,
                expiresAt: record.expiresAt?.writable
            )
            let replaced = try world.change(user) { $0.tokens.updateValue(stored, forKey: token.digest) }
            if replaced != stored { world.record(.tokenIssued(token.digest, for: user, stored)) }
        }
    }

    /// Revokes one token of a user.
    @discardableResult
    public func revokeToken(
        _ digest: LivechatTokenDigest,
        of user: LivechatUserID
    ) async throws(LivechatStoreError) -> Bool {
        try change { world throws(LivechatStoreError) in
            let wasStored = try world.change(user) { person in person.tokens.removeValue(forKey: digest) != nil }
            if wasStored { world.record(.tokenRevoked(digest, of: user)) }
            return wasStored
        }
    }

    /// Revokes every token of a user.
    public func revokeTokens(of user: LivechatUserID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            let count = try world.change(user) { person in
                defer { person.tokens = [:] }
                return person.tokens.count
            }
            if count > 0 { world.record(.tokensRevoked(count, of: user)) }
        }
    }

    /// Adds a role.
    public func addRole(_ role: LivechatRole) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            guard world.roles[role.id] == nil else { throw .taken("role", role.id) }
            for permission in role.restrictedTo.sorted() { try world.require(permission) }
            world.roles[role.id] = role
            world.record(JoinDeed.added(role))
        }
    }

    /// Changes what is known of a role.
    public func setRole(
        _ id: LivechatRoleID,
        _ change: @escaping @Sendable (inout LivechatRole) -> Void
    ) async throws(LivechatStoreError) {
        try self.change { world throws(LivechatStoreError) in
            guard let found = world.roles[id] else { throw .none("role", id) }
            var changed = found
            change(&changed)
            for permission in changed.restrictedTo.sorted() { try world.require(permission) }
            world.roles[id] = changed
            world.record(JoinDeed.changes(of: found, to: changed))
        }
    }

    /// Adds a permission.
    public func addPermission(
        _ permission: LivechatPermissionID,
        grantedTo roles: [LivechatRoleID]
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            guard world.grants[permission] == nil else { throw .taken("permission", permission) }
            world.grants[permission] = []
            world.record(.permissionAdded(permission))
            try world.grant(permission, to: roles)
        }
    }

    /// Grants roles a permission.
    public func grant(_ permission: LivechatPermissionID, to roles: [LivechatRoleID]) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(permission)
            try world.grant(permission, to: roles)
        }
    }

    /// Takes a permission from roles.
    public func revoke(
        _ permission: LivechatPermissionID,
        from roles: [LivechatRoleID]
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(permission)
            for role in roles {
                try world.require(role)
                let isRevoked = world.grants[permission]?.remove(role) != nil
                if isRevoked { world.record(.permissionRevoked(permission, from: role)) }
            }
        }
    }

    /// Sets how long a login lives.
    public func setLoginExpiration(days: Double?) async throws(LivechatStoreError) {
        let finite = days.flatMap { $0.isFinite ? $0 : nil }
        change { world in
            if world.loginExpirationDays == finite { return }
            world.loginExpirationDays = finite
            world.record(.loginExpirationSet(days: finite))
        }
    }

    /// Removes the oldest events of the log.
    @discardableResult
    public func pruneEvents(before cursor: JoinEvent.Cursor) async throws(LivechatStoreError) -> Int {
        try change { world throws(LivechatStoreError) in try world.pruneEvents(before: cursor) }
    }
}

extension World {
    fileprivate mutating func grant(
        _ permission: LivechatPermissionID,
        to roles: [LivechatRoleID]
    ) throws(LivechatStoreError) {
        for role in roles {
            try require(role)
            let isNew = grants[permission]?.insert(role).inserted == true
            if isNew { record(.permissionGranted(permission, to: role)) }
        }
    }

    fileprivate mutating func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) throws(LivechatStoreError) {
        try require(role)
        try require(user)
        let isNew =
            if let room {
                try change(room) { place throws(LivechatStoreError) in
                    guard place.members[user] != nil else { throw .notMember(user, of: room) }
                    return place.members[user]?.roles.insert(role).inserted == true
                }
            } else {
                try change(user) { person in person.roles.insert(role).inserted }
            }
        if isNew { record(.roleAssigned(role, to: user, in: room)) }
    }
}
