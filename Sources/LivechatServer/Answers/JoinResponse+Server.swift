#if Server
internal import LivechatJoin

/// What the server answers beside the service.
extension JoinResponse {
    /// A preflight has no body.
    static let preflight = JoinResponse(status: 204, body: "")
    static let badRequest = refusal(status: 400, error: "Bad Request")
    static let notFound = refusal(status: 404, error: "Not Found")
    static let methodNotAllowed = refusal(status: 405, error: "Method Not Allowed")
    static let bodyTooLarge = refusal(status: 413, error: "Content Too Large")
    static let targetTooLong = refusal(status: 414, error: "URI Too Long")
    static let headersTooLarge = refusal(status: 431, error: "Request Header Fields Too Large")

    private static func refusal(status: Int, error: String) -> JoinResponse {
        JoinResponse(status: status, body: #"{"success":false,"error":"\#(error)"}"#)
    }
}
#endif
