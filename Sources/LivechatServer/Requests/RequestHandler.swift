#if Server
internal import LivechatJoin
internal import NIOCore
internal import NIOHTTP1

/// Answers the requests of one connection, in the order in which they came.
///
/// A request is looked at once it has arrived whole. A decision is made here, on the event loop, since it waits for
/// nothing; a join leaves the loop and comes back. Meanwhile nothing more is read, so what waits is at most what one
/// read has brought.
final class RequestHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What is to be answered.
    private enum Work {
        case request(RequestHead)
        /// A request that broke a rule; nothing that follows it on the connection can be trusted.
        case refusal(JoinResponse, requestID: String?)
    }

    private enum State {
        case open
        /// A rule was broken, or the client asked for the end: the rest of what arrives is not looked at.
        case deaf
        /// The last answer has been written.
        case closing
    }

    private let site: Site
    private let writer: AnswerWriter
    private var context: ChannelHandlerContext?
    /// The other end of the connection, read with the first request that counts.
    private lazy var peer = context?.remoteAddress.flatMap { JoinClient($0) }
    private var state = State.open
    /// The head of the request that is arriving, and how much of its body has arrived.
    private var arriving: RequestHead?
    private var bodyBytes = 0
    /// Whole requests that wait for the one before them to be answered.
    private var waiting: [Work] = []
    private var isDraining = false
    private var inputHasClosed = false
    private var wantsRead = false
    /// Whether a request has left the loop and is not back.
    private(set) var isDeciding = false
    /// How many parts of requests have been parsed.
    private(set) var parts = 0
    /// Whether the parser is reading a target that has come in several pieces.
    var isWithinTarget = false
    /// Whether the last answer has been handed to the system.
    private var hasSentLast = false

    init(_ site: Site, on eventLoop: any EventLoop) {
        self.site = site
        writer = site.writer(eventLoop)
    }

    /// Whether what still arrives is thrown away.
    var isDeaf: Bool { state != .open }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        waiting = []
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parts &+= 1
        guard state == .open else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): take(RequestHead(head, keepsHeaders: site.tracer != nil), context)
        case .body(let part):
            bodyBytes += part.readableBytes
            if bodyBytes > site.sizes.bodyBytes { refuse(.bodyTooLarge) }
        case .end:
            guard let head = arriving.take() else { return }
            if !head.persists { state = .deaf }
            take(.request(head))
        }
    }

    private func take(_ head: RequestHead, _ context: ChannelHandlerContext) {
        if !head.framing.holds(in: head.version) || !head.host.holds(in: head.version) {
            return refuse(.badRequest, head)
        }
        if let refusal = site.sizes.refusal(head) { return refuse(refusal, head) }
        (arriving, bodyBytes) = (head, 0)
        if head.awaitsContinue, head.version != .http1_0, !isDeciding, waiting.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    /// Answers a request that broke a rule, and looks at nothing that follows.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - head: Its head, where that is not the one whose body is arriving.
    private func refuse(_ response: JoinResponse, _ head: RequestHead? = nil) {
        guard state == .open else { return }
        state = .deaf
        let head = head ?? arriving
        arriving = nil
        take(.refusal(response, requestID: head?.requestID))
    }

    private func take(_ work: Work) {
        if isDeciding { waiting.append(work) } else { answer(work) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: refuse(isWithinTarget ? .targetTooLong : .headersTooLarge)
        case is HTTPParserError: refuse(.badRequest)
        // What arrives after the parser has given up.
        case is ByteToMessageDecoderError: break
        default: context.close(promise: nil)
        }
    }

    // MARK: What is read

    func read(context: ChannelHandlerContext) {
        if state != .closing, isDeciding || !context.channel.isWritable {
            wantsRead = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readOn(context)
        context.fireChannelWritabilityChanged()
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard wantsRead else { return }
        wantsRead = false
        read(context: context)
    }

    // MARK: The end

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputHasClosed = true
            closeIfDone(context)
        case is ChannelShouldQuiesceEvent:
            isDraining = true
            closeIfDone(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Closes when nothing more will be asked and everything has been answered.
    private func closeIfDone(_ context: ChannelHandlerContext) {
        if state == .closing {
            if inputHasClosed, hasSentLast { context.close(promise: nil) }
        } else if !isDeciding {
            state = .closing
            let sent = context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            sent.futureResult.whenComplete { _ in channel.close(promise: nil) }
            // Behind the answers that the client has not read yet.
            context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        }
    }

    // MARK: Answers

    private func answer(_ work: Work) {
        switch work {
        case .refusal(let response, let id):
            write(response, AnswerForm(requestID: id ?? writer.newRequestID(), closes: true))
        case .request(let head): answer(head)
        }
    }

    private func answer(_ head: RequestHead) {
        let id = head.requestID ?? writer.newRequestID()
        var form = AnswerForm(requestID: id, closes: !head.persists, isHead: head.method == .HEAD)
        form.saysKeepAlive = head.version == .http1_0 && head.persists
        switch site.route(head, &form) {
        case .answer(let response): write(response, form)
        case .join(let request):
            let site = site
            let headers = head.headers
            let client = site.clients.client(head.forwardedFor, peer: peer, requestID: id)
            respond(form, atOnce: site.decidesAtOnce) {
                await site.answer(request, headers, from: client, id: id)
            }
        case .readiness:
            let site = site
            let client = site.clients.client(head.forwardedFor, peer: peer, requestID: id)
            respond(form, atOnce: false) { await site.readiness(from: client, id: id) }
        }
    }

    /// Runs work as far as its first wait here, where it waits for nothing as a rule, or all of it in the pool.
    private func respond(
        _ form: AnswerForm,
        atOnce: Bool,
        _ work: @escaping @Sendable () async -> JoinResponse
    ) {
        guard let eventLoop = context?.eventLoop else { return }
        isDeciding = true
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        if atOnce {
            Task.immediate {
                let response = await work()
                if eventLoop.inEventLoop {
                    handler.value.decided(response, form)
                } else {
                    eventLoop.execute { handler.value.cameBack(response, form) }
                }
            }
        } else {
            Task {
                let response = await work()
                eventLoop.execute { handler.value.cameBack(response, form) }
            }
        }
    }

    private func decided(_ response: JoinResponse, _ form: AnswerForm) {
        isDeciding = false
        write(response, form)
    }

    /// Answers what left the loop, and then what has waited for it.
    private func cameBack(_ response: JoinResponse, _ form: AnswerForm) {
        decided(response, form)
        while !isDeciding, state != .closing, !waiting.isEmpty { answer(waiting.removeFirst()) }
        guard let context else { return }
        context.flush()
        if !isDeciding { readOn(context) }
    }

    private func write(_ response: JoinResponse, _ form: AnswerForm) {
        guard let context, state != .closing else { return }
        var form = form
        // The parser may have found the end of what can be read, or the server may be stopping.
        if waiting.isEmpty, isDraining || inputHasClosed { form.closes = true }
        if form.closes { form.saysKeepAlive = false }
        let bytes = wrapOutboundOut(writer.write(response, form))
        guard form.closes else { return context.write(bytes, promise: nil) }
        state = .closing
        waiting = []
        let sent = context.eventLoop.makePromise(of: Void.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in handler.value.endConnection() }
        context.writeAndFlush(bytes, promise: sent)
    }

    /// Ends our half of the connection and waits for the client to end its own: closed at once, with bytes that have
    /// not been read, the system would throw the answer away on its way.
    private func endConnection() {
        guard let context else { return }
        hasSentLast = true
        if inputHasClosed { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: site.lingering) { channel.close(promise: nil) }
        readOn(context)
    }
}
#endif
