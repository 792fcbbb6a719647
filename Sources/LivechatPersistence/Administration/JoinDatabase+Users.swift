public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a user.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(DatabaseError) {
        try await change { session in
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

    /// Lets a user log in, or not.
    public func setUser(_ user: LivechatUserID, isActive: Bool) async throws(DatabaseError) {
        try await change { session in
            try session.change(
                "UPDATE livechat_user SET active = ?2 WHERE key = ?1 AND active <> ?2",
                session.user(user),
                isActive ? 1 : 0
            )
        }
    }

    /// Changes a user's name.
    public func setUser(_ user: LivechatUserID, username: String?) async throws(DatabaseError) {
        try await change { session in
            try session.change(
                "UPDATE livechat_user SET username = ?2 WHERE key = ?1 AND username IS NOT ?2",
                session.user(user),
                text: username
            )
        }
    }

    /// Gives a user a role.
    public func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(DatabaseError) {
        try await change { session in try session.assign(role, to: user, in: room) }
    }

    /// Takes a role from a user.
    public func withdraw(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(DatabaseError) {
        try await change { session in
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
        guard try isMember(userKey, of: roomKey) else { throw DatabaseError.notMember(user, of: room) }
        try change(
            "INSERT INTO livechat_membership_role (room, user, role) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            roomKey,
            userKey,
            roleKey
        )
    }
}
