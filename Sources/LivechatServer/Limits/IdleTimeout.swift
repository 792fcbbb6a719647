#if Server
internal import NIOCore

/// Closes a connection on which nothing has been answered for a while.
///
/// Such a connection has nothing to do, or its request does not get on, or its answers are not read. While a request is
/// being decided, the connection stays open.
final class IdleTimeout: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private let timeout: TimeAmount
    private let requests: RequestHandler
    private var lastAnswer = NIODeadline.distantPast
    private var check: Scheduled<Void>?

    init(_ timeout: TimeAmount, _ requests: RequestHandler) {
        self.timeout = timeout
        self.requests = requests
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastAnswer = context.eventLoop.now
        checkLater(context, at: lastAnswer + timeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        lastAnswer = context.eventLoop.now
        context.write(data, promise: promise)
    }

    private func checkLater(_ context: ChannelHandlerContext, at deadline: NIODeadline) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        check = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        if requests.isDeciding { lastAnswer = now }
        if now < lastAnswer + timeout {
            checkLater(context, at: lastAnswer + timeout)
        } else {
            context.close(promise: nil)
        }
    }
}
#endif
