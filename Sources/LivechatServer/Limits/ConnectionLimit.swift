#if Server
internal import Logging
internal import NIOCore

/// Accepts no more connections than are allowed at a time, and ends them when the server stops.
///
/// Where there is no room, those that come wait to be accepted. It stands in the pipeline of the channel that listens.
final class ConnectionLimit: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let maximum: Int
    private let logger: Logger
    private let giveMemoryBack: @Sendable () -> Void
    private var connections: [ObjectIdentifier: any Channel] = [:]
    /// The most connections since memory was last given back.
    private var peak = 0
    private var context: ChannelHandlerContext?
    private var wantsRead = false
    private var hasSaidSo = false
    private var drained: EventLoopPromise<Void>?

    /// From how many connections on it is worth giving memory back when they have gone.
    static let crowd = 1_024

    init(_ options: JoinServerOptions, _ logger: Logger) {
        maximum = options.maximumConnections
        giveMemoryBack = options.giveMemoryBack
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func read(context: ChannelHandlerContext) {
        if connections.count < maximum { return context.read() }
        wantsRead = true
        if hasSaidSo { return }
        hasSaidSo = true
        logger.warning(
            "as many connections as are allowed: more are accepted when some end",
            metadata: ["connections": "\(connections.count)"]
        )
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        connections[ObjectIdentifier(connection)] = connection
        peak = max(peak, connections.count)
        let limit = NIOLoopBound(self, eventLoop: context.eventLoop)
        let id = ObjectIdentifier(connection)
        connection.closeFuture.hop(to: context.eventLoop).whenComplete { _ in limit.value.ended(id) }
        context.fireChannelRead(data)
    }

    private func ended(_ id: ObjectIdentifier) {
        connections[id] = nil
        if connections.isEmpty { drained?.succeed() }
        if peak >= Self.crowd, connections.count <= peak / 8 {
            peak = connections.count
            // It may take a while, and this is an event loop.
            Task { [giveMemoryBack] in giveMemoryBack() }
        }
        // Said again when there has been room in between, and not each time that one ends and the next comes.
        if connections.count < maximum / 2 { hasSaidSo = false }
        guard wantsRead, let context else { return }
        wantsRead = false
        read(context: context)
    }

    /// Lets every connection answer what it has been asked and then end.
    ///
    /// - Parameters:
    ///   - timeout: When those that have not ended are closed.
    ///   - eventLoop: The event loop of the channel that listens.
    /// - Returns: What succeeds when all have ended.
    func drain(within timeout: TimeAmount, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let drained = self.drained ?? eventLoop.makePromise()
        self.drained = drained
        if connections.isEmpty { drained.succeed() }
        for connection in connections.values {
            connection.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        let limit = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: timeout) {
            for connection in limit.value.connections.values { connection.close(promise: nil) }
        }
        return drained.futureResult
    }
}
#endif
