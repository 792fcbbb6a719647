public import LivechatPermissions
public import LivechatTokens
internal import LivechatValues

/// A request to join, taken apart but not decided.
public struct JoinRequest: Sendable {
    /// Who is asking.
    public let userID: SentValue<LivechatUserID>
    /// The login token.
    public let token: SentValue<LivechatToken>
    /// The room asked for.
    public let roomID: SentValue<LivechatRoomID>

    /// Takes a request that the embedder has taken apart already.
    public init(userID: SentValue<LivechatUserID>, token: SentValue<LivechatToken>, roomID: SentValue<LivechatRoomID>) {
        self.userID = userID
        self.token = token
        self.roomID = roomID
    }

    /// Takes values that a client sent, one of each.
    ///
    /// - Parameters:
    ///   - userID: The value of `X-User-Id`.
    ///   - token: The value of `X-Auth-Token`.
    ///   - roomID: The value of `roomId`.
    public init(userID: String, token: String, roomID: String) {
        self.init(
            userID: HeaderValue.one(userID).userID,
            token: HeaderValue.one(token).token,
            roomID: LivechatRoomID(requested: roomID).map(SentValue.value) ?? .matchesNothing
        )
    }

    /// What the store is asked about.
    var query: JoinQuery { JoinQuery(userID: userID.value, digest: token.value?.digest, roomID: roomID.value) }

    /// Why there are no credentials to look up.
    var credentialsRefusal: AuthenticationRefusal { userID.isMissing || token.isMissing ? .missing : .malformed }
}

/// A header field, as often as it was sent.
package enum HeaderValue {
    case none
    case one(String)
    /// More than one; whether any of them is more than white space.
    case several(isPresent: Bool)

    /// Takes one more value.
    package mutating func append(_ value: String) {
        switch self {
        case .none: self = .one(value)
        case .one(let first):
            self = .several(isPresent: TextTraits(of: first).isPresent || TextTraits(of: value).isPresent)
        case .several(let isPresent): self = .several(isPresent: isPresent || TextTraits(of: value).isPresent)
        }
    }

    package init() { self = .none }

    package init(_ values: some Sequence<String>) {
        self = .none
        for value in values { append(value) }
    }
}

extension HeaderValue {
    /// The value of `X-User-Id` (contract C1).
    var userID: SentValue<LivechatUserID> {
        sent { value, traits in traits.isRepaired ? nil : LivechatUserID(requested: value, traits) }
    }

    /// The value of `X-Auth-Token` (contract C1).
    var token: SentValue<LivechatToken> {
        sent { value, traits in traits.isRepaired || traits.hasNUL ? nil : LivechatToken(value) }
    }

    private func sent<Value>(_ read: (String, TextTraits) -> Value?) -> SentValue<Value> {
        switch self {
        case .none: return .missing
        case .several(let isPresent): return isPresent ? .matchesNothing : .missing
        case .one(let value):
            let traits = TextTraits(of: value)
            guard traits.isPresent else { return .missing }
            return read(value, traits).map(SentValue.value) ?? .matchesNothing
        }
    }
}
