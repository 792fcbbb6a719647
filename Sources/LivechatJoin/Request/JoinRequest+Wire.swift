extension JoinRequest {
    /// The header that carries the user's id.
    public static let userIDHeader = "X-User-Id"
    /// The header that carries the raw login token.
    public static let tokenHeader = "X-Auth-Token"
    /// The path of the endpoint.
    public static let path = "/api/v1/livechat/room.join"

    /// Takes a request apart as it came from any web framework (contract C1).
    ///
    /// ```swift
    /// let request = JoinRequest(
    ///     headerFields: [(name: "X-User-Id", value: "u1"), (name: "X-Auth-Token", value: "secret")],
    ///     query: "roomId=r1"
    /// )
    /// ```
    ///
    /// - Parameters:
    ///   - headerFields: Every header field of the request as often as it was sent; names in any case.
    ///   - query: What follows the question mark in the request target, still encoded; nil where there is none.
    public init(headerFields: some Sequence<(name: String, value: String)>, query: String?) {
        self.init(JoinCredentials(headerFields: headerFields), roomID: SentValue(query: query?[...]))
    }

    /// Takes a request apart whose two headers have been picked out already.
    package init(userID: HeaderValue, token: HeaderValue, query: Substring?) {
        self.init(JoinCredentials(userID: userID, token: token), roomID: SentValue(query: query))
    }

    /// Takes a request apart whose two headers have been picked out already.
    ///
    /// - Parameters:
    ///   - userIDs: The values of `X-User-Id`, as often as it was sent.
    ///   - tokens: The values of `X-Auth-Token`, as often as it was sent.
    ///   - query: What follows the question mark in the request target, still encoded; nil where there is none.
    public init(userIDs: [String], tokens: [String], query: String?) {
        self.init(userID: HeaderValue(userIDs), token: HeaderValue(tokens), query: query?[...])
    }
}

extension JoinCredentials {
    /// Picks the two headers out of a request as it came from any web framework (contract C1).
    ///
    /// - Parameter headerFields: Every header field of the request as often as it was sent; names in any case.
    public init(headerFields: some Sequence<(name: String, value: String)>) {
        var (userID, token) = (HeaderValue(), HeaderValue())
        for field in headerFields {
            if field.name.utf8.count == JoinRequest.userIDHeader.utf8.count, field.name.lowercased() == "x-user-id" {
                userID.append(field.value)
            } else if field.name.utf8.count == JoinRequest.tokenHeader.utf8.count,
                field.name.lowercased() == "x-auth-token"
            {
                token.append(field.value)
            }
        }
        self.init(userID: userID, token: token)
    }

    /// Takes two headers that have been picked out already.
    package init(userID: HeaderValue, token: HeaderValue) { self = .token(token.token, of: userID.userID) }
}
