#if Server
internal import LivechatJoin
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What all connections of a server share: what is served, and under which limits.
final class Site: Sendable {
    let service: JoinService
    let decidesAtOnce: Bool
    let sizes: SizeRule
    let clients: ClientRule
    /// nil where nobody traces.
    let tracer: RequestTracer?
    /// How long a connection whose last answer has been sent is read from.
    let lingering = TimeAmount.seconds(2)
    private let crossOrigin: CrossOrigin
    private let options: JoinServerOptions
    private let logger: Logger
    private let checkReadiness: @Sendable () async throws -> Void
    private let writers: [ObjectIdentifier: NIOLoopBoundBox<AnswerWriter?>]

    private static let livenessPath = "/livez"
    private static let readinessPath = "/readyz"

    init(
        _ service: JoinService,
        _ options: JoinServerOptions,
        _ group: MultiThreadedEventLoopGroup,
        _ logger: Logger,
        _ checkReadiness: @escaping @Sendable () async throws -> Void
    ) {
        self.service = service
        self.logger = logger
        tracer = RequestTracer()
        self.checkReadiness = checkReadiness
        decidesAtOnce = service.decidesAtOnce
        sizes = options.sizes
        clients = ClientRule(trustedProxies: options.trustedProxies, logger)
        crossOrigin = CrossOrigin(options.allowedOrigins)
        self.options = options
        let boxes = group.makeIterator().map { eventLoop in
            (ObjectIdentifier(eventLoop), NIOLoopBoundBox<AnswerWriter?>.makeEmptyBox(eventLoop: eventLoop))
        }
        writers = Dictionary(boxes) { box, _ in box }
    }

    /// The writer of an event loop, which asks for it.
    func writer(_ eventLoop: any EventLoop) -> AnswerWriter {
        let box = writers[ObjectIdentifier(eventLoop)]
        if let writer = box?.value { return writer }
        let writer = AnswerWriter(options)
        box?.value = writer
        return writer
    }

    /// What is to be done about a request.
    enum Route {
        case answer(JoinResponse)
        case join(JoinRequest)
        case readiness
    }

    /// Finds out what is asked.
    ///
    /// - Parameters:
    ///   - head: The head of the request.
    ///   - form: How it will be answered; it gets the allowed methods and origin here.
    /// - Returns: The answer, or that a join is to be decided or the readiness to be checked.
    func route(_ head: RequestHead, _ form: inout AnswerForm) -> Route {
        let target = RequestTarget(head.target)
        if target.isPath(JoinRequest.path) {
            form.varies = crossOrigin.isOn
            form.allowedOrigin = crossOrigin.allowed(head.origin)
            if head.method == .GET {
                return .join(JoinRequest(userID: head.userID, token: head.token, query: target.query))
            }
            if head.method == .OPTIONS, head.isPreflight, form.allowedOrigin != nil { return .answer(.preflight) }
            form.allow = "GET"
            return .answer(.methodNotAllowed)
        }
        let isLiveness = target.isPath(Self.livenessPath)
        let page = options.pages.first { target.isPath($0.key) }?.value
        guard isLiveness || page != nil || target.isPath(Self.readinessPath) else { return .answer(.notFound) }
        guard head.method == .GET || head.method == .HEAD else {
            form.allow = "GET, HEAD"
            return .answer(.methodNotAllowed)
        }
        if let page {
            form.contentType = page.contentType
            return .answer(JoinResponse(status: 200, body: page.text()))
        }
        return isLiveness ? .answer(.done) : .readiness
    }

    /// Decides, in a span where somebody traces.
    func answer(
        _ request: JoinRequest,
        _ headers: HTTPHeaders?,
        from client: JoinClient?,
        id: String
    ) async -> JoinResponse {
        guard let tracer else { return await service.respond(to: request, from: client, id: id) }
        return await tracer.trace(headers) { await self.service.respond(to: request, from: client, id: id) }
    }

    func readiness(from client: JoinClient?, id: String) async -> JoinResponse {
        do {
            try await checkReadiness()
            return .done
        } catch {
            var metadata = Logger.Metadata(request: id, client: client)
            metadata["error"] = "\(error)"
            logger.error("not ready", metadata: metadata)
            return .unavailable
        }
    }
}
#endif
