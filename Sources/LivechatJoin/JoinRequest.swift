public import LivechatPermissions
public import LivechatTokens

/// A request to join, taken apart but not decided.
public struct JoinRequest: Sendable {
    /// Who is asking.
    public let credentials: Credentials
    /// The room asked for.
    public let room: RoomParameter

    /// Takes a request apart that the embedder has decoded already.
    public init(credentials: Credentials, room: RoomParameter) {
        self.credentials = credentials
        self.room = room
    }

    /// Takes values that a client sent, one of each.
    ///
    /// - Parameters:
    ///   - userID: The value of `X-User-Id`.
    ///   - token: The value of `X-Auth-Token`.
    ///   - roomID: The value of `roomId`.
    public init(userID: String, token: String, roomID: String) {
        self.init(
            credentials: Credentials(userIDs: [userID], tokens: [token]),
            room: RoomID(requested: roomID).map(RoomParameter.id) ?? .unmatched
        )
    }
}

/// The parameter `roomId` as it was sent.
public enum RoomParameter: Sendable {
    /// A value that can be a room's id.
    case id(RoomID)
    /// A value that matches no room, such as an empty one (contract C1).
    case unmatched
    /// Not exactly one string, or not alone.
    case faulty(ParameterFault)
}

extension Credentials {
    /// Takes the values of the two headers, each as often as it was sent (contract C1).
    package init(userIDs: [String], tokens: [String]) {
        guard userIDs.contains(where: Self.isPresent), tokens.contains(where: Self.isPresent) else {
            self = .missing
            return
        }
        guard userIDs.count == 1, tokens.count == 1, !TextRepair.isRepaired(tokens[0]),
            !tokens[0].utf8.contains(0), !TextRepair.isRepaired(userIDs[0]), let userID = UserID(requested: userIDs[0])
        else {
            self = .malformed
            return
        }
        self = .given(userID, LoginToken(tokens[0]))
    }

    private static func isPresent(_ value: String) -> Bool {
        value.unicodeScalars.contains { !$0.properties.isWhitespace }
    }
}
