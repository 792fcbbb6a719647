#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase {
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
            let isChanged = try session.change(
                """
                INSERT INTO livechat_login_token AS token ("user", digest, created_at, expires_at, personal_access)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (digest, "user") DO UPDATE SET created_at = $3, expires_at = $4, personal_access = $5
                WHERE (token.created_at, token.expires_at, token.personal_access) IS DISTINCT FROM ($3, $4, $5)
                """,
                .integer(session.user(user)),
                .bytes(token.digest.array),
                .integer(record.createdAt.writable.milliseconds),
                .integer(record.expiresAt?.writable.milliseconds),
                .flag(record.kind == .personalAccess)
            )
            if isChanged { session.record(.tokenIssued(token.digest, for: user, record)) }
        }
    }

    /// Revokes one token of a user.
    @discardableResult
    public func revokeToken(
        _ digest: LivechatTokenDigest,
        of user: LivechatUserID
    ) async throws(LivechatStoreError) -> Bool {
        try await change { session in
            let wasStored = try session.change(
                #"DELETE FROM livechat_login_token WHERE "user" = $1 AND digest = $2"#,
                .integer(session.user(user)),
                .bytes(digest.array)
            )
            if wasStored { session.record(.tokenRevoked(digest, of: user)) }
            return wasStored
        }
    }

    /// Revokes every token of a user.
    public func revokeTokens(of user: LivechatUserID) async throws(LivechatStoreError) {
        try await change { session in
            let key = try session.user(user)
            let deletion = #"DELETE FROM livechat_login_token WHERE "user" = $1"#
            let count = try session.rows(deletion, .integer(key)).written
            if count > 0 { session.record(.tokensRevoked(count, of: user)) }
        }
    }
}
#endif
