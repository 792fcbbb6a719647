#if HTTP
internal import NIOCore

/// Keeps a client from taking more than its share.
///
/// It closes a connection whose client does not read: the idle timeout does not, since the server is not idle, and
/// neither would a graceful shutdown ever end.
final class GreedyClientHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let timeout: TimeAmount
    private var closing: Scheduled<Void>?

    init(timeout: TimeAmount) { self.timeout = timeout }

    /// A few requests at a time: what is read at once is also parsed at once, and the other clients of the same thread
    /// wait meanwhile. NIO would read up to 256 KiB of a client that pipelines.
    func handlerAdded(context: ChannelHandlerContext) {
        let options = context.channel.syncOptions
        try? options?.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4_096))
        try? options?.setOption(.maxMessagesPerRead, value: 1)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
        if !context.channel.isWritable {
            let channel = context.channel
            closing = context.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
    }
}
#endif
