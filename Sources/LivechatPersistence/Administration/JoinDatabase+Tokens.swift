public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Makes a token for a user and stores its digest.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - kind: What the token is for.
    ///   - expiresAt: Its own expiry; nil leaves it to the kind (contract C4).
    /// - Returns: The token, to be revealed once.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    public func issueToken(
        for user: LivechatUserID,
        kind: LivechatTokenRecord.Kind = .login,
        expiresAt: LivechatTimestamp? = nil
    ) async throws -> LivechatIssuedToken {
        let issued = LivechatIssuedToken()
        try await addToken(
            issued.token,
            for: user,
            LivechatTokenRecord(kind: kind, createdAt: clock.now, expiresAt: expiresAt)
        )
        return issued
    }

    /// Stores the digest of a token that was made elsewhere, in place of what was stored of the same token.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - user: The user whom it lets in.
    ///   - record: What the token is for, when it was made and when it expires.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    public func addToken(_ token: LivechatToken, for user: LivechatUserID, _ record: LivechatTokenRecord) async throws {
        try await writer.write { session in
            let key = try session.user(user)
            try session.change(
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
        }
    }

    /// Revokes one token of a user; the next request with it is not logged in.
    ///
    /// - Returns: Whether the token was stored.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    @discardableResult
    public func revokeToken(_ digest: LivechatTokenDigest, of user: LivechatUserID) async throws -> Bool {
        try await writer.write { session in
            let key = try session.user(user)
            return try session.change("DELETE FROM livechat_login_token WHERE user = ?1 AND digest = ?2") { statement in
                try statement.bind(1, key)
                try statement.bind(2, digest.bytes.span)
            }
        }
    }

    /// Revokes every token of a user; the user is logged in nowhere any more.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such user.
    public func revokeTokens(of user: LivechatUserID) async throws {
        try await writer.write { session in
            try session.change("DELETE FROM livechat_login_token WHERE user = ?1", session.user(user))
        }
    }
}
