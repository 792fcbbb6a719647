public import LivechatPermissions
internal import LivechatTokens
internal import LivechatValues

/// A request to join, taken apart but not decided.
public struct JoinRequest: Sendable {
    /// Who is asking.
    public let credentials: JoinCredentials
    /// The room asked for.
    public let roomID: SentValue<LivechatRoomID>

    /// Takes a request that the embedder has taken apart already.
    public init(_ credentials: JoinCredentials, roomID: SentValue<LivechatRoomID>) {
        self.credentials = credentials
        self.roomID = roomID
    }

    /// Takes the value of `roomId` that a client sent.
    ///
    /// - Parameters:
    ///   - credentials: Who is asking.
    ///   - roomID: The value, once decoded.
    public init(_ credentials: JoinCredentials, roomID: String) {
        self.init(credentials, roomID: LivechatRoomID(requested: roomID).map(SentValue.value) ?? .matchesNothing)
    }

    /// Takes values that a client sent, one of each.
    ///
    /// - Parameters:
    ///   - userID: The value of `X-User-Id`.
    ///   - token: The value of `X-Auth-Token`.
    ///   - roomID: The value of `roomId`.
    public init(userID: String, token: String, roomID: String) {
        self.init(JoinCredentials(userID: userID, token: token), roomID: roomID)
    }

    /// What the store is asked about.
    var query: JoinQuery {
        JoinQuery(userID: credentials.user, digest: credentials.digest, roomID: roomID.value)
    }
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
