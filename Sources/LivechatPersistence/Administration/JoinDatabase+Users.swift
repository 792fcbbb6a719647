public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a user.
    public func addUser(_ user: LivechatUser, roles: [LivechatRoleID]) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(
                "user",
                user.id,
                "INSERT INTO livechat_user (id, username, active) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
            ) {
                try $0.bind(2, user.username)
                try $0.bind(3, user.isActive)
            }
            try session.record(.userAdded(user))
            for role in roles { try session.assign(role, to: user.id, in: nil) }
        }
    }

    /// Changes what is known of a user.
    public func setUser(
        _ user: LivechatUserID,
        _ change: @escaping @Sendable (inout LivechatUser) -> Void
    ) async throws(LivechatStoreError) {
        try await self.change { session in
            let key = try session.user(user)
            var found = LivechatUser(id: user)
            try session.writer.kept(["SELECT username, active FROM livechat_user WHERE key = ?1"]).use { statement in
                try statement.bind(1, key)
                try statement.lendFirst { row in
                    found.username = row.textIfPresent(0)
                    found.isActive = row.bool(1)
                }
            }
            var changed = found
            change(&changed)
            let deeds = JoinDeed.changes(of: found, to: changed)
            if deeds.isEmpty { return }
            try session.change("UPDATE livechat_user SET username = ?2, active = ?3 WHERE key = ?1") {
                try $0.bind(1, key)
                try $0.bind(2, changed.username)
                try $0.bind(3, changed.isActive)
            }
            try session.record(deeds)
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
                        "DELETE FROM livechat_membership_role WHERE room = ?1 AND user = ?2 AND role = ?3",
                        session.room(room),
                        userKey,
                        roleKey
                    )
                } else {
                    try session.change(
                        "DELETE FROM livechat_user_role WHERE user = ?1 AND role = ?2",
                        userKey,
                        roleKey
                    )
                }
            if isWithdrawn { try session.record(.roleWithdrawn(role, from: user, in: room)) }
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
                    "INSERT INTO livechat_user_role (role, user) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    self.role(role),
                    self.user(user)
                )
            }
        if isNew { try record(.roleAssigned(role, to: user, in: room)) }
    }

    private func assign(_ role: Int64, to user: LivechatUserID, in room: LivechatRoomID) throws -> Bool {
        let (userKey, roomKey) = (try self.user(user), try self.room(room))
        let member: StaticString = "SELECT 1 FROM livechat_membership WHERE room = ?1 AND user = ?2"
        guard try count(member, roomKey, userKey) == 1 else { throw LivechatStoreError.notMember(user, of: room) }
        return try change(
            "INSERT INTO livechat_membership_role (room, user, role) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            roomKey,
            userKey,
            role
        )
    }
}
