#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase: JoinLookups {
    /// Finds a user.
    public func user(_ id: LivechatUserID) async throws(LivechatStoreError) -> LivechatUser? {
        try await read { session in
            let rows = try session.query("SELECT username, active FROM livechat_user WHERE id = $1", [.text(id.string)])
            if rows.count == 0 { return nil }
            return LivechatUser(id: id, username: rows.text(0, 0), isActive: rows.flag(0, 1))
        }
    }

    /// Finds the users who have a name.
    public func users(named username: String) async throws(LivechatStoreError) -> [LivechatUser] {
        // PostgreSQL's text has no NUL.
        if username.utf8.contains(0) { return [] }
        return try await read { session in
            let rows = try session.query(
                "SELECT id, active FROM livechat_user WHERE username = $1 ORDER BY id",
                [.text(username)]
            )
            return (0..<rows.count).map { row in
                let id = LivechatUserID(stored: rows.text(row, 0) ?? "")
                return LivechatUser(id: id, username: username, isActive: rows.flag(row, 1))
            }
        }
    }

    /// Finds a livechat room, as the rules of a host's see it.
    public func room(_ id: LivechatRoomID) async throws(LivechatStoreError) -> LivechatRoom? {
        do {
            return try await decide(JoinQuery(userID: nil, roomID: id)) { facts in try facts.room(id) }
        } catch {
            throw LivechatStoreError(error, address)
        }
    }

    /// Whether a user is a member of a room.
    public func isMember(_ user: LivechatUserID, of room: LivechatRoomID) async throws(LivechatStoreError) -> Bool {
        try await read { session in
            try session.query(
                """
                SELECT FROM livechat_membership
                WHERE room = (SELECT key FROM livechat_room WHERE id = $1)
                    AND "user" = (SELECT key FROM livechat_user WHERE id = $2)
                """,
                [.text(room.string), .text(user.string)]
            ).count > 0
        }
    }

    /// Lists the roles of a user that count everywhere.
    public func roles(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatRoleID] {
        try await read { session in
            let rows = try session.query(
                """
                SELECT ARRAY(
                    SELECT role.id FROM livechat_user AS person
                    JOIN livechat_user_role AS given ON given."user" = person.key
                    JOIN livechat_role AS role ON role.key = given.role
                    WHERE person.id = $1 ORDER BY role.id)
                """,
                [.text(user.string)]
            )
            return rows.texts(0, 0).map(LivechatRoleID.init(stored:))
        }
    }

    /// Lists the tokens of a user.
    public func tokens(of user: LivechatUserID) async throws(LivechatStoreError) -> [LivechatStoredToken] {
        try await read { session in
            let rows = try session.query(
                """
                SELECT token.digest, token.personal_access, token.created_at, token.expires_at
                FROM livechat_user AS person JOIN livechat_login_token AS token ON token."user" = person.key
                WHERE person.id = $1
                """,
                [.text(user.string)]
            )
            return (0..<rows.count).compactMap { LivechatStoredToken(rows, $0, 0) }
                .sorted { $0.digest.base64 < $1.digest.base64 }
        }
    }
}

extension LivechatStoredToken {
    /// Reads a digest, whether the token is one for personal access, and its two times.
    init?(_ rows: borrowing Rows, _ row: Int, _ column: Int) {
        // The schema lets no other length in.
        guard let digest = LivechatTokenDigest(bytes: rows.bytes(row, column) ?? []) else { return nil }
        let record = LivechatTokenRecord(
            kind: rows.flag(row, column + 1) ? .personalAccess : .login,
            createdAt: LivechatTimestamp(milliseconds: rows.integer(row, column + 2) ?? 0),
            expiresAt: rows.integer(row, column + 3).map(LivechatTimestamp.init(milliseconds:))
        )
        self.init(digest: digest, record: record)
    }
}
#endif
