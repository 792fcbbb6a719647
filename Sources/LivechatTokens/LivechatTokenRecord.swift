public import LivechatValues

/// A stored login token, with what is needed to say whether it still opens the door.
public struct LivechatTokenRecord: Hashable, Sendable {
    /// What a token is for.
    public enum Kind: String, CaseIterable, Sendable {
        /// Made by logging in; it expires.
        case login
        /// Made by hand for a program; it expires only when it was given an expiry.
        case personalAccess
    }

    /// What the token is for.
    public var kind: Kind
    /// When the token was made.
    public var createdAt: LivechatTimestamp
    /// The token's own expiry, where it has one.
    public var expiresAt: LivechatTimestamp?

    /// Describes a stored token.
    public init(kind: Kind = .login, createdAt: LivechatTimestamp, expiresAt: LivechatTimestamp? = nil) {
        self.kind = kind
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// When the token stops to open the door (contract C4).
    ///
    /// - Parameter loginExpirationDays: The store's setting; not a positive number means 90.
    /// - Returns: The first moment at which it has expired, or nil when it never does.
    public func expiry(loginExpirationDays: Double?) -> LivechatTimestamp? {
        if let expiresAt { return expiresAt }
        switch kind {
        case .personalAccess: return nil
        case .login: return createdAt.adding(days: LoginExpiration.days(setting: loginExpirationDays))
        }
    }
}

/// How long a login lives (contract C4).
public enum LoginExpiration {
    /// Where nothing else is said: 90 days.
    public static let defaultDays: Double = 90

    /// The days in force under a setting: the setting if it is a positive number, 90 otherwise.
    public static func days(setting: Double?) -> Double {
        guard let setting, setting > 0 else { return defaultDays }
        return setting
    }
}
