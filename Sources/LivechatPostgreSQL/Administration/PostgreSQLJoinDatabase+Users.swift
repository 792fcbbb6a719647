#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase {
    /// Adds a user.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "user",
                user.id,
                "INSERT INTO livechat_user (id, username, active) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                .text(user.username),
                .flag(user.isActive)
            )
            session.record(.userAdded(user))
            for role in roles { try session.assign(role, to: user.id, in: nil) }
        }
    }

    /// Changes what is known of a user.
    public func setUser(
        _ user: LivechatUserID,
        _ change: @escaping @Sendable (inout LivechatUser) -> Void
    ) async throws(LivechatStoreError) {
        try await self.change { session in
            let rows = try session.rows(
                "SELECT key, username, active FROM livechat_user WHERE id = $1 FOR NO KEY UPDATE",
                .text(user.string)
            )
            guard rows.count > 0 else { throw LivechatStoreError.none("user", user) }
            let found = LivechatUser(id: user, username: rows.text(0, 1), isActive: rows.flag(0, 2))
            var changed = found
            change(&changed)
            let deeds = JoinDeed.changes(of: found, to: changed)
            if deeds.isEmpty { return }
            try session.change(
                "UPDATE livechat_user SET username = $2, active = $3 WHERE key = $1",
                .integer(rows.integer(0, 0)),
                .text(changed.username),
                .flag(changed.isActive)
            )
            session.record(deeds)
        }
    }

    /// Removes a user.
    public func removeUser(_ user: LivechatUserID) async throws(LivechatStoreError) {
        try await change { session in
            if try session.change("DELETE FROM livechat_user WHERE key = $1", .integer(session.user(user))) {
                session.record(.userRemoved(user))
            }
        }
    }

    /// Gives a user a role.
    public func assign(
        _ role: LivechatRoleID,
        to user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(LivechatStoreError) {
        try await change { session in try session.assign(role, to: user, in: room) }
    }

    /// Takes a role from a user.
    public func withdraw(
        _ role: LivechatRoleID,
        from user: LivechatUserID,
        in room: LivechatRoomID?
    ) async throws(LivechatStoreError) {
        try await change { session in
            let (roleKey, userKey) = (try session.role(role), try session.user(user))
            let isWithdrawn =
                if let room {
                    try session.change(
                        #"DELETE FROM livechat_membership_role WHERE room = $1 AND "user" = $2 AND role = $3"#,
                        .integer(session.room(room)),
                        .integer(userKey),
                        .integer(roleKey)
                    )
                } else {
                    try session.change(
                        #"DELETE FROM livechat_user_role WHERE "user" = $1 AND role = $2"#,
                        .integer(userKey),
                        .integer(roleKey)
                    )
                }
            if isWithdrawn { session.record(.roleWithdrawn(role, from: user, in: room)) }
        }
    }
}

extension ChangeSession {
    fileprivate func assign(_ role: LivechatRoleID, to user: LivechatUserID, in room: LivechatRoomID?) throws {
        let isNew =
            if let room {
                try assign(self.role(role), to: user, in: room)
            } else {
                try change(
                    #"INSERT INTO livechat_user_role (role, "user") VALUES ($1, $2) ON CONFLICT DO NOTHING"#,
                    .integer(self.role(role)),
                    .integer(self.user(user))
                )
            }
        if isNew { record(.roleAssigned(role, to: user, in: room)) }
    }

    private func assign(_ role: Int64, to user: LivechatUserID, in room: LivechatRoomID) throws -> Bool {
        let (userKey, roomKey) = (try self.user(user), try self.room(room))
        let member = try rows(
            #"SELECT FROM livechat_membership WHERE room = $1 AND "user" = $2 FOR KEY SHARE"#,
            .integer(roomKey),
            .integer(userKey)
        )
        guard member.count == 1 else { throw LivechatStoreError.notMember(user, of: room) }
        return try change(
            #"INSERT INTO livechat_membership_role (room, "user", role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"#,
            .integer(roomKey),
            .integer(userKey),
            .integer(role)
        )
    }
}
#endif
