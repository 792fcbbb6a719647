public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase: JoinLookups {
    /// Finds a user.
    public func user(_ id: LivechatUserID) async throws(LivechatStoreError) -> LivechatUser? {
        try read { connection in
            let statement = try connection.prepare("SELECT username, active FROM livechat_user WHERE id = ?1")
            try statement.bind(1, id.string)
            return try statement.first { row in
                LivechatUser(id: id, username: row.textIfPresent(0), isActive: row.bool(1))
            }
        }
    }

    /// Finds the users who have a name.
    public func users(named username: String) async throws(LivechatStoreError) -> [LivechatUser] {
        try read { connection in
            let statement = try connection.prepare(
                "SELECT id, active FROM livechat_user WHERE username = ?1 ORDER BY id"
            )
            try statement.bind(1, username)
            var users: [LivechatUser] = []
            try statement.eachRow { row in
                let id = LivechatUserID(stored: row.text(0))
                users.append(LivechatUser(id: id, username: username, isActive: row.bool(1)))
            }
            return users
        }
    }

    /// Finds a livechat room, as the rules of a host's see it.
    public func room(_ id: LivechatRoomID) async throws(LivechatStoreError) -> LivechatRoom? {
        do {
            return try await decide(JoinQuery(userID: nil, roomID: id)) { facts in try facts.room(id) }
        } catch {
            throw LivechatStoreError(opening: error, path: path)
        }
    }

    /// Whether a user is a member of a room.
    public func isMember(_ user: LivechatUserID, of room: LivechatRoomID) async throws(LivechatStoreError) -> Bool {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT 1 FROM livechat_membership
                WHERE room = (SELECT key FROM livechat_room WHERE id = ?1)
                    AND user = (SELECT key FROM livechat_user WHERE id = ?2)
                """
            )
            try statement.bind(1, room.string)
            try statement.bind(2, user.string)
            return try statement.hasRow()
        }
    }

    /// Lists the roles of a user that count everywhere.
    public func roles(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatRoleID] {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT role.id FROM livechat_user AS user
                JOIN livechat_user_role AS given ON given.user = user.key
                JOIN livechat_role AS role ON role.key = given.role
                WHERE user.id = ?1 ORDER BY role.id
                """
            )
            try statement.bind(1, user.string)
            var roles: [LivechatRoleID] = []
            try statement.eachRow { row in roles.append(LivechatRoleID(stored: row.text(0))) }
            return roles
        }
    }

    /// Lists the tokens of a user.
    public func tokens(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatStoredToken] {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT token.digest, token.personal_access, token.created_at, token.expires_at
                FROM livechat_user AS user JOIN livechat_login_token AS token ON token.user = user.key
                WHERE user.id = ?1
                """
            )
            try statement.bind(1, user.string)
            var tokens: [LivechatStoredToken] = []
            try statement.eachRow { row in
                // The schema lets no other length in.
                guard let digest = LivechatTokenDigest(bytes: row.blob(0)) else { return }
                let record = LivechatTokenRecord(
                    kind: row.bool(1) ? .personalAccess : .login,
                    createdAt: LivechatTimestamp(milliseconds: row.integer(2)),
                    expiresAt: row.integerIfPresent(3).map(LivechatTimestamp.init(milliseconds:))
                )
                tokens.append(LivechatStoredToken(digest: digest, record: record))
            }
            return tokens.sorted { $0.digest.base64 < $1.digest.base64 }
        }
    }
}
