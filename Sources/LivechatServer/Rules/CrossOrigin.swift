#if Server
internal import LivechatJoin

/// Which pages of other origins may ask the endpoint, and read what it answers (CORS); none by default.
struct CrossOrigin: Sendable {
    private let origins: [String]

    init(_ origins: [String]) { self.origins = origins }

    /// Whether anybody may.
    var isOn: Bool { !origins.isEmpty }

    /// What `Access-Control-Allow-Origin` says to a page of this origin; nil for one that may not.
    func allowed(_ origin: String?) -> String? {
        guard let origin, isOn else { return nil }
        if origins.contains("*") { return "*" }
        return origins.first { $0.utf8.elementsEqual(origin.utf8) }
    }

    /// What a browser asks before it sends headers of the page's own.
    static let preflightFields =
        "Access-Control-Allow-Methods: GET\r\nAccess-Control-Allow-Headers: "
        + "\(JoinRequest.userIDHeader), \(JoinRequest.tokenHeader), \(RequestIDs.header)\r\n"
        + "Access-Control-Max-Age: 600\r\n"

    /// Which fields of an answer a browser shows to the page.
    static let answerFields = "Access-Control-Expose-Headers: \(exposed.joined(separator: ", "))\r\n"
    private static let exposed =
        [RequestIDs.header] + JoinRateLimit.Standing.headerNames + [JoinResponse.retryAfterName]
}
#endif
