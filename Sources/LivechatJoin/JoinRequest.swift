public import LivechatPermissions
public import LivechatTokens

/// A request to join, taken apart but not decided.
public struct JoinRequest: Sendable {
    /// What the store is asked about. It is kept as the store wants it, so that a decision copies none of it.
    let query: JoinQuery
    /// What is wrong with the credentials where there is no user or no digest in the query.
    private let areMalformed: Bool
    /// What is wrong with the parameter where there is no room in the query, if it is not only unmatched.
    let roomFault: ParameterFault?

    /// Takes a request apart that the embedder has decoded already.
    public init(credentials: Credentials, room: RoomParameter) {
        var (userID, digest, roomID) = (UserID?.none, TokenDigest?.none, RoomID?.none)
        var (areMalformed, roomFault) = (false, ParameterFault?.none)
        switch credentials {
        case .missing: break
        case .malformed: areMalformed = true
        case .given(let user, let token): (userID, digest) = (user, token.digest)
        }
        switch room {
        case .id(let id): roomID = id
        case .unmatched: break
        case .faulty(let fault): roomFault = fault
        }
        query = JoinQuery(userID: userID, digest: digest, roomID: roomID)
        self.areMalformed = areMalformed
        self.roomFault = roomFault
    }

    /// Who is asking.
    public var credentials: Credentials {
        guard let user = query.userID, let digest = query.digest else { return areMalformed ? .malformed : .missing }
        return .given(user, LoginToken(digest))
    }

    /// The room asked for.
    public var room: RoomParameter {
        if let room = query.roomID { return .id(room) }
        return roomFault.map(RoomParameter.faulty) ?? .unmatched
    }

    /// Why there are no credentials to look up.
    var credentialsRefusal: AuthenticationRefusal { areMalformed ? .malformed : .missing }

    /// Takes values that a client sent, one of each.
    ///
    /// - Parameters:
    ///   - userID: The value of `X-User-Id`.
    ///   - token: The value of `X-Auth-Token`.
    ///   - roomID: The value of `roomId`.
    public init(userID: String, token: String, roomID: String) {
        self.init(
            credentials: Credentials(userID: .one(userID), token: .one(token)),
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

extension Credentials {
    /// Takes the values of the two headers (contract C1).
    package init(userID: HeaderValue, token: HeaderValue) {
        guard case .one(let userID) = userID, case .one(let token) = token else {
            self = userID.isPresent && token.isPresent ? .malformed : .missing
            return
        }
        let (userTraits, tokenTraits) = (TextTraits(of: userID), TextTraits(of: token))
        guard userTraits.isPresent, tokenTraits.isPresent else {
            self = .missing
            return
        }
        guard !tokenTraits.isRepaired, !tokenTraits.hasNUL, !userTraits.isRepaired,
            let id = UserID(requested: userID, userTraits)
        else {
            self = .malformed
            return
        }
        self = .given(id, LoginToken(token))
    }
}

extension HeaderValue {
    /// Whether there is a value that is more than white space.
    fileprivate var isPresent: Bool {
        switch self {
        case .none: false
        case .one(let value): TextTraits(of: value).isPresent
        case .several(let isPresent): isPresent
        }
    }
}
