#if HTTP
internal import Hummingbird
internal import LivechatJoin

extension Response {
    /// Makes an answer of the exact bytes.
    ///
    /// Its fields are its own: all threads would count who holds on to shared ones. Where Hummingbird has to add the
    /// length, it makes them a second time.
    init(_ response: JoinResponse) {
        self.init(
            status: HTTPResponse.Status(code: response.status),
            headers: [
                .contentType: JoinResponse.contentType, .contentLength: String(response.body.count),
                .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        )
        for (name, value) in response.standing?.headerFields ?? [] {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
    }

    /// The path is known, the method is not.
    static let methodNotAllowed: Response = {
        var response = Response(.refusal(status: 405, error: "Method Not Allowed"))
        response.headers[.allow] = "GET"
        return response
    }()

    static let targetTooLong = Response(.refusal(status: 414, error: "URI Too Long"))
    static let headersTooLarge = Response(.refusal(status: 431, error: "Request Header Fields Too Large"))
}

extension JoinResponse {
    fileprivate static func refusal(status: Int, error: String) -> JoinResponse {
        JoinResponse(status: status, body: #"{"success":false,"error":"\#(error)"}"#)
    }
}
#endif
