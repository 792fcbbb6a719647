#if Server
internal import LivechatJoin
internal import NIOHTTP1

/// What the head of a request brings that counts, read in one pass.
struct RequestHead {
    let method: HTTPMethod
    let version: HTTPVersion
    let target: String
    private(set) var userID = HeaderValue()
    private(set) var token = HeaderValue()
    private var requestIDs = HeaderValue()
    private(set) var origin: String?
    private(set) var isPreflight = false
    private(set) var awaitsContinue = false
    /// The values of every `X-Forwarded-For`, as one list.
    private(set) var forwardedFor: String?
    private(set) var headerBytes = 0
    private(set) var host = HostRule()
    private(set) var framing = FramingRule()
    private(set) var connection = ConnectionRule()
    /// All of them, where a tracer may look for its own.
    let headers: HTTPHeaders?

    init(_ head: HTTPRequestHead, keepsHeaders: Bool = false) {
        headers = keepsHeaders ? head.headers : nil
        (method, version, target) = (head.method, head.version, head.uri)
        for (name, sent) in head.headers {
            headerBytes += name.utf8.count + sent.utf8.count
            let value = Self.withoutSpaceBehind(sent)
            // Few headers have a name of the same length as one that counts.
            switch name.utf8.count {
            case 4: if name.isField("host") { host.take(value) }
            case 6:
                if name.isField("origin") { origin = value }
                if name.isField("expect") { awaitsContinue = value.isField("100-continue") }
            // As often as it was sent: two of them are a wrong value, not the first or the last (contract C1).
            case 9: if name.isField("x-user-id") { userID.append(value) }
            case 10: if name.isField("connection") { connection.take(value) }
            case 12:
                if name.isField("x-auth-token") { token.append(value) }
                if name.isField("x-request-id") { requestIDs.append(value) }
            case 15:
                if name.isField("x-forwarded-for") { forwardedFor = forwardedFor.map { "\($0),\(value)" } ?? value }
            case 17: if name.isField("transfer-encoding") { framing.take(value) }
            case 29: if name.isField("access-control-request-method") { isPreflight = true }
            default: break
            }
        }
    }

    /// The id that the client has given the request.
    var requestID: String? { RequestIDs.plain(requestIDs) }

    /// Whether another request may follow on the connection.
    var persists: Bool { connection.persists(method, version) }

    /// White space behind a value is no part of it (RFC 9112, section 5); the parser takes away only what is before it.
    private static func withoutSpaceBehind(_ value: String) -> String {
        guard let last = value.utf8.last, last.isSpace else { return value }
        let end = value.utf8.lastIndex { !$0.isSpace }.map(value.utf8.index(after:))
        return String(value[..<(end ?? value.startIndex)])
    }
}

extension String {
    /// Whether it is this name, which is given in lower case, in any case.
    func isField(_ name: String) -> Bool {
        let (own, name) = (utf8.span, name.utf8.span)
        guard own.count == name.count else { return false }
        // Setting the bit makes a capital letter small and leaves "-" and digits as they are.
        for place in own.indices where own[place] | 0x20 != name[place] { return false }
        return true
    }
}
#endif
