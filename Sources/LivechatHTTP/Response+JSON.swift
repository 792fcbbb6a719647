#if HTTP
public import Hummingbird
public import LivechatJoin

extension Response {
    /// Makes an answer of the exact bytes.
    ///
    /// Its fields are its own: all threads would count who holds on to shared ones. Where Hummingbird has to add the
    /// length, it makes them a second time.
    init(_ response: JoinResponse, requestID: String) {
        self.init(
            status: HTTPResponse.Status(code: response.status),
            headers: [
                .contentType: JoinResponse.contentType, .contentLength: String(response.body.count),
                .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        )
        if let name = Self.requestIDName { headers[name] = requestID }
        for (name, value) in response.headerFields {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
    }

    static let requestIDName = HTTPFields.Element.Name(RequestIDs.header)
}

/// A handler of the host's can return what the profile makes of a refusal, with the headers of the endpoint's answers.
extension JoinResponse: ResponseGenerator {
    /// Makes the answer of the exact bytes.
    public func response(from request: Request, context: some RequestContext) -> Response {
        Response(self, requestID: request.livechatRequestID(context)).answering(request.method)
    }
}

extension JoinResponse {
    static let methodNotAllowed = refusal(status: 405, error: "Method Not Allowed")
    static let targetTooLong = refusal(status: 414, error: "URI Too Long")
    static let headersTooLarge = refusal(status: 431, error: "Request Header Fields Too Large")

    private static func refusal(status: Int, error: String) -> JoinResponse {
        JoinResponse(status: status, body: #"{"success":false,"error":"\#(error)"}"#)
    }
}
#endif
