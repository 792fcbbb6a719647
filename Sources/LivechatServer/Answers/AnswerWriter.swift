#if Server
internal import LivechatJoin
internal import NIOCore
internal import NIOHTTP1

/// What an answer says beside status and body, which depends on the request.
struct AnswerForm {
    /// The id of the request.
    let requestID: String
    var contentType: StaticString = "application/json"
    /// Whether the connection ends with the answer.
    var closes = false
    /// Whether it stays open although the client's version does not expect it.
    var saysKeepAlive = false
    /// Whether the answer to `HEAD` is written: no body, but its length.
    var isHead = false
    /// The methods that the path has, where the request's is none of them.
    var allow: StaticString?
    /// Whether other origins may ask at all.
    var varies = false
    /// What `Access-Control-Allow-Origin` says.
    var allowedOrigin: String?
}

/// Writes answers of one event loop; it keeps one buffer, which is used again as soon as it has been sent.
final class AnswerWriter {
    private var date: HTTPDate
    private var requestIDs = RequestIDs()
    private let makeRequestID: (@Sendable () -> String)?
    private var bytes = ByteBuffer()

    init(_ options: JoinServerOptions) {
        date = HTTPDate(options.clock)
        makeRequestID = options.makeRequestID
    }

    /// An id for a request that has brought none.
    func newRequestID() -> String { makeRequestID?() ?? requestIDs.next() }

    /// The bytes of an answer.
    func write(_ response: JoinResponse, _ form: AnswerForm) -> ByteBuffer {
        bytes.clear(minimumCapacity: 512)
        writeStatus(response.status)
        if response.status != JoinResponse.preflight.status {
            bytes.writeStaticString("\r\nContent-Type: ")
            bytes.writeStaticString(form.contentType)
            bytes.writeStaticString("\r\nContent-Length: ")
            bytes.writeDecimal(response.body.count)
        }
        bytes.writeStaticString("\r\nCache-Control: no-store\r\nX-Request-Id: ")
        bytes.writeString(form.requestID)
        bytes.writeStaticString("\r\nDate: ")
        bytes.writeBytes(date.bytes)
        bytes.writeStaticString("\r\n")
        if form.closes { bytes.writeStaticString("Connection: close\r\n") }
        if form.saysKeepAlive { bytes.writeStaticString("Connection: keep-alive\r\n") }
        if let allow = form.allow {
            bytes.writeStaticString("Allow: ")
            bytes.writeStaticString(allow)
            bytes.writeStaticString("\r\n")
        }
        for (name, value) in response.headerFields { bytes.writeString("\(name): \(value)\r\n") }
        if form.varies { bytes.writeStaticString("Vary: Origin\r\n") }
        if let origin = form.allowedOrigin {
            bytes.writeString("Access-Control-Allow-Origin: \(origin)\r\n")
            let isPreflight = response.status == JoinResponse.preflight.status
            bytes.writeString(isPreflight ? CrossOrigin.preflightFields : CrossOrigin.answerFields)
        }
        bytes.writeStaticString("\r\n")
        if !form.isHead { bytes.writeBytes(response.body) }
        return bytes
    }

    private func writeStatus(_ status: Int) {
        switch status {
        case 200: bytes.writeStaticString("HTTP/1.1 200 OK")
        case 400: bytes.writeStaticString("HTTP/1.1 400 Bad Request")
        case 401: bytes.writeStaticString("HTTP/1.1 401 Unauthorized")
        case 403: bytes.writeStaticString("HTTP/1.1 403 Forbidden")
        default:
            bytes.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).phrase)")
        }
    }
}

extension ByteBuffer {
    /// Writes a length, without a string of its own on the way.
    fileprivate mutating func writeDecimal(_ number: Int) {
        if number >= 10 { writeDecimal(number / 10) }
        writeInteger(UInt8(ascii: "0") + UInt8(number % 10))
    }
}

extension HTTPResponseStatus {
    /// RFC 9110's name, where the codec's is older.
    fileprivate var phrase: String { code == 413 ? "Content Too Large" : reasonPhrase }
}
#endif
