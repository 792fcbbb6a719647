/// What goes back to the client: a status and the exact bytes of the body (contract C2).
public struct JoinResponse: Hashable, Sendable {
    /// The HTTP status, 200 to 503.
    public let status: Int
    /// The body: JSON without white space.
    public let body: [UInt8]
    /// What is left of the client's budget, where a limit applies.
    public private(set) var standing: JoinRateLimit.Standing?
    /// The seconds that a client waits after 429.
    private var retryAfter: Int?

    /// The header fields of a limit, which a transport sends with the answer: what is left of the client's budget, and
    /// `Retry-After` with 429.
    public var headerFields: [(name: String, value: String)] {
        var fields = standing?.headerFields ?? []
        if let retryAfter { fields.append((Self.retryAfterName, "\(retryAfter)")) }
        return fields
    }

    package static let retryAfterName = "Retry-After"

    /// The media type of every body.
    public static let contentType = "application/json"

    /// Makes a response.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The body, which must be JSON.
    public init(status: Int, body: String) {
        self.status = status
        self.body = Array(body.utf8)
    }

    /// The same response with what is left of the client's budget.
    package func with(_ standing: JoinRateLimit.Standing?) -> JoinResponse {
        var response = self
        response.standing = standing
        return response
    }

    /// The same response with the seconds that the client waits.
    func retry(after seconds: Int) -> JoinResponse {
        var response = self
        response.retryAfter = seconds
        return response
    }

    /// The answer of a health check that passes.
    package static let done = JoinResponse(status: 200, body: #"{"success":true}"#)

    /// The answer of a store that failed: nothing was decided, nothing written (contract C2).
    public static let unavailable = JoinResponse(
        status: 503,
        body: #"{"success":false,"error":"Service Unavailable"}"#
    )
}

extension JoinResponse: CustomStringConvertible {
    /// The status and the body on one line.
    public var description: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
}
