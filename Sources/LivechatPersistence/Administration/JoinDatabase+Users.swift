public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a user.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - roles: The user's own roles.
    /// - Throws: ``DatabaseError`` with the code `alreadyExists` when there is such a user, or `notFound` when there
    ///   is no such role.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID] = []) async throws {
        try await writer.write { session in
            try session.add(
                "user",
                user.id,
                "INSERT INTO livechat_user (id, username, active) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
            ) {
                try $0.bind(2, user.username)
                try $0.bind(3, user.isActive)
            }
            for role in roles { try session.assign(role, to: user.id, in: nil) }
        }
    }

    /// Lets a user log in, or not; the next request sees it.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    public func setUser(_ user: LivechatUserID, isActive: Bool) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_user SET active = ?2 WHERE key = ?1 AND active <> ?2",
                session.user(user),
                isActive ? 1 : 0
            )
        }
    }

    /// Changes a user's name, which decides nothing.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    public func setUser(_ user: LivechatUserID, username: String?) async throws {
        try await writer.write { session in
            let key = try session.user(user)
            try session.change("UPDATE livechat_user SET username = ?2 WHERE key = ?1 AND username IS NOT ?2") {
                statement in
                try statement.bind(1, key)
                try statement.bind(2, username)
            }
        }
    }

    /// Gives a user a role; nothing happens when the user has it already.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - user: The user.
    ///   - room: The only room the role counts in, which the user must be a member of; nil for everywhere.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such role, user, room or member.
    public func assign(_ role: LivechatRoleID, to user: LivechatUserID, in room: LivechatRoomID? = nil) async throws {
        try await writer.write { session in try session.assign(role, to: user, in: room) }
    }

    /// Takes a role from a user; nothing happens when the user does not have it.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - user: The user.
    ///   - room: The room in which the role was given; nil for everywhere.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such role, user or room.
    public func withdraw(_ role: LivechatRoleID, from user: LivechatUserID, in room: LivechatRoomID? = nil) async throws
    {
        try await writer.write { session in
            let role = try session.role(role)
            let user = try session.user(user)
            if let room {
                try session.change(
                    "DELETE FROM livechat_membership_role WHERE room = ?1 AND user = ?2 AND role = ?3",
                    session.room(room),
                    user,
                    role
                )
            } else {
                try session.change("DELETE FROM livechat_user_role WHERE user = ?1 AND role = ?2", user, role)
            }
        }
    }
}

extension WriterSession {
    fileprivate func assign(_ role: LivechatRoleID, to user: LivechatUserID, in room: LivechatRoomID?) throws {
        let roleKey = try self.role(role)
        let userKey = try self.user(user)
        guard let room else {
            try change(
                "INSERT INTO livechat_user_role (user, role) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                userKey,
                roleKey
            )
            return
        }
        let roomKey = try self.room(room)
        guard try isMember(userKey, of: roomKey) else {
            throw DatabaseError(
                .notFound,
                "user \(DatabaseError.quoted(user)) is not a member of room \(DatabaseError.quoted(room))"
            )
        }
        try change(
            "INSERT INTO livechat_membership_role (room, user, role) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            roomKey,
            userKey,
            roleKey
        )
    }
}
