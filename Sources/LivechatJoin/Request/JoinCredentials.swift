public import LivechatTokens

/// Who asks: a client with a login token, or a user whom the host has logged in itself.
///
/// ```swift
/// let outcome = try await service.join(JoinRequest(.verified(user), roomID: "r1"))
/// ```
public enum JoinCredentials: Sendable {
    /// What a client sent: the raw login token, and the user whom it is said to belong to (contract C4).
    case token(SentValue<LivechatToken>, of: SentValue<LivechatUserID>)
    /// A user whom the host has logged in, by a session or a token of its own.
    ///
    /// The decision asks that the user exists and is active, in the transaction that joins too.
    case verified(LivechatUserID)

    /// Takes values that a client sent, one of each.
    ///
    /// - Parameters:
    ///   - userID: The value of `X-User-Id`.
    ///   - token: The value of `X-Auth-Token`.
    public init(userID: String, token: String) {
        self = .token(HeaderValue.one(token).token, of: HeaderValue.one(userID).userID)
    }

    /// The user whom these say they are of, if one can be meant; nothing has been checked.
    package var user: LivechatUserID? {
        switch self {
        case .token(_, of: let user): user.value
        case .verified(let user): user
        }
    }

    /// The digest to look up.
    var digest: LivechatTokenDigest? { if case .token(let token, _) = self { token.value?.digest } else { nil } }

    /// Why there is nothing to look up.
    var refusal: AuthenticationRefusal {
        if case .token(let token, of: let user) = self, user.isMissing || token.isMissing { return .missing }
        return .malformed
    }
}
