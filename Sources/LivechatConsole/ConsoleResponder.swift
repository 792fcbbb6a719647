#if Console
internal import Hummingbird
internal import LivechatHTTP
internal import LivechatJoin
internal import Logging
internal import NIOCore

/// The context of a request, with the other end of its connection.
struct ConsoleContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// Answers every request: the gate first, then a page, and the headers that protect both.
struct ConsoleResponder: HTTPResponder {
    let gate: ConsoleGate
    let pages: ConsolePages
    let logger: Logger

    func respond(to request: Request, context: ConsoleContext) async throws -> Response {
        let query = ConsoleQuery(RequestTarget(request.head.path ?? "").query)
        let client = JoinClient(request, context)
        var response: Response
        if let refusal = gate.refusal(request, query, client) {
            response = refusal
        } else {
            response = await answer(request, query, client)
        }
        for (name, value) in Self.protection { response.headers[name] = value }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ query: ConsoleQuery, _ client: JoinClient?) async -> Response {
        guard let route = ConsoleRoute(rawValue: request.uri.path) else { return pages.notFound() }
        if let file = pages.file(route) { return file }
        var metadata = Logger.Metadata(request: nil, client: client)
        metadata["page"] = "\(route.rawValue)"
        for name in ["id", "user", "room"] {
            if let value = query[name] { metadata[name] = .stringConvertible(LogText(value)) }
        }
        logger.info("console looked up", metadata: metadata)
        do {
            return try await pages.reader.ask { await pages.answer(route, query, request) }
        } catch {
            return pages.failure(error)
        }
    }

    /// What a page may load, and who may show it.
    private static let protection: [(HTTPFields.Element.Name, String)] = [
        ("Content-Security-Policy", contentSecurityPolicy),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ].compactMap { name, value in HTTPFields.Element.Name(name).map { ($0, value) } }

    static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        + "frame-ancestors 'none'"
}

/// What the console has, by its path.
enum ConsoleRoute: String {
    case why = "/"
    case now = "/now"
    case events = "/now/events"
    case rooms = "/rooms"
    case room = "/room"
    case users = "/users"
    case user = "/user"
    case grants = "/grants"
    case health = "/health"
    case style = "/console.css"
    case script = "/console.js"
}

extension Response {
    /// An answer of one sentence, for those who are not shown a page.
    static func plain(_ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n"))
        )
    }

    static func redirect(_ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = "/"
        return Response(status: .seeOther, headers: headers)
    }
}
#endif
