public import LivechatValues

/// Somebody who may ask to enter a room.
public struct LivechatUser: Sendable {
    /// The user's id.
    public let id: LivechatUserID
    /// The user's name, where one is known; it decides nothing.
    public var username: String?
    /// Whether the user may log in.
    public var isActive: Bool

    /// Describes a user.
    ///
    /// - Parameters:
    ///   - id: The user's id.
    ///   - username: The user's name, where one is known.
    ///   - isActive: Whether the user may log in.
    public init(id: LivechatUserID, username: String? = nil, isActive: Bool = true) {
        self.id = id
        self.username = username
        self.isActive = isActive
    }
}

/// The id of a user.
public typealias LivechatUserID = LivechatID<LivechatUser>
