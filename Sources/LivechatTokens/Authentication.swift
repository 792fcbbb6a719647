public import LivechatValues

/// Looks up who is asking.
public protocol LoginTokenLookup {
    /// Finds the token with this digest that is stored for exactly this user.
    ///
    /// - Returns: nil when there is none. The work must not tell an unknown user from a known one.
    /// - Throws: When the store cannot be read.
    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) throws -> LoginRecord?

    /// Whether a user may log in, for a user whom the host has logged in itself.
    ///
    /// - Returns: nil when there is no such user.
    /// - Throws: When the store cannot be read.
    func isActive(_ user: LivechatUserID) throws -> Bool?
}

/// A stored token together with the state of its user and the setting that it lives under.
public struct LoginRecord: Sendable {
    /// The token.
    public var token: LivechatTokenRecord
    /// Whether the user may log in.
    public var userIsActive: Bool
    /// The store's setting for the life of a login, in days.
    public var loginExpirationDays: Double?

    /// Describes what was found.
    public init(token: LivechatTokenRecord, userIsActive: Bool, loginExpirationDays: Double?) {
        self.token = token
        self.userIsActive = userIsActive
        self.loginExpirationDays = loginExpirationDays
    }
}

/// Why somebody is not logged in; all give a client the same bytes (contract C4).
public enum AuthenticationRefusal: String, Hashable, CaseIterable, Sendable {
    /// The user's id or the token is missing.
    case missing
    /// A header was sent twice, or a value can match nothing.
    case malformed
    /// No such token is stored for this user.
    case unknown
    /// The host has logged in a user who does not exist.
    case noSuchUser
    /// The token is past its expiry, or at it.
    case expired
    /// The user may not log in.
    case inactive
}

extension AuthenticationRefusal: CustomStringConvertible {
    /// The reason in words, for logs and operators.
    public var description: String {
        switch self {
        case .missing: "no user id or no token was sent"
        case .malformed: "the user id or the token cannot match anything"
        case .noSuchUser: "there is no such user"
        case .unknown: "no such token is stored for this user"
        case .expired: "the token has expired"
        case .inactive: "the user is not active"
        }
    }
}

extension LoginRecord {
    /// Whether the token opens the door (contract C4).
    ///
    /// - Parameter now: The moment it is asked; at the very instant of expiry a token has expired.
    /// - Returns: nil when it does, else why not.
    public func refusal(at now: LivechatTimestamp) -> AuthenticationRefusal? {
        if let expiry = token.expiry(loginExpirationDays: loginExpirationDays), now >= expiry { return .expired }
        return userIsActive ? nil : .inactive
    }
}
