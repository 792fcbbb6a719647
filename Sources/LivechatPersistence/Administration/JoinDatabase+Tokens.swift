public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
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
        try await change { session in
            let key = try session.user(user)
            let isChanged = try session.change(
                """
                INSERT INTO livechat_login_token (user, digest, created_at, expires_at, personal_access)
                VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (digest, user) DO UPDATE SET created_at = ?3, expires_at = ?4, personal_access = ?5
                WHERE created_at IS NOT ?3 OR expires_at IS NOT ?4 OR personal_access IS NOT ?5
                """
            ) { statement in
                try statement.bind(1, key)
                try statement.bind(2, token.digest.bytes.span)
                try statement.bind(3, record.createdAt.writable.milliseconds)
                try statement.bind(4, record.expiresAt?.writable.milliseconds)
                try statement.bind(5, record.kind == .personalAccess)
            }
            if isChanged { try session.record(.tokenIssued(token.digest, for: user, record)) }
        }
    }

    /// Revokes one token of a user.
    @discardableResult
    public func revokeToken(
        _ digest: LivechatTokenDigest,
        of user: LivechatUserID
    ) async throws(LivechatStoreError) -> Bool {
        try await change { session in
            let key = try session.user(user)
            let sql: StaticString = "DELETE FROM livechat_login_token WHERE user = ?1 AND digest = ?2"
            let wasStored = try session.change(sql) { statement in
                try statement.bind(1, key)
                try statement.bind(2, digest.bytes.span)
            }
            if wasStored { try session.record(.tokenRevoked(digest, of: user)) }
            return wasStored
        }
    }

    /// Revokes every token of a user.
    public func revokeTokens(of user: LivechatUserID) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.user(user)
            let count = try session.count("SELECT count(*) FROM livechat_login_token WHERE user = ?1", key)
            if count == 0 { return }
            try session.change("DELETE FROM livechat_login_token WHERE user = ?1", key)
            try session.record(.tokensRevoked(count, of: user))
        }
    }
}
