#if Server
internal import NIOCore

/// Stands before the parser: reads a few requests at a time, and tells a target that has no end from headers that have
/// none, which the parser does not.
///
/// What is read at once is also parsed at once, and the other clients of the same thread wait meanwhile. NIO would read
/// up to 256 KiB of a client that pipelines.
final class HeadLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let requests: RequestHandler
    /// Whether a part of a head has arrived, and whether its first line has.
    private var (isWithinHead, hasLine) = (false, false)

    static let readBytes = 4_096

    init(_ requests: RequestHandler) { self.requests = requests }

    func handlerAdded(context: ChannelHandlerContext) {
        let options = context.channel.syncOptions
        try? options?.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes))
        try? options?.setOption(.maxMessagesPerRead, value: 1)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if requests.isDeaf { return }
        let bytes = unwrapInboundIn(data)
        if isWithinHead, !hasLine { hasLine = bytes.readableBytesView.contains(UInt8(ascii: "\n")) }
        requests.isWithinTarget = isWithinHead && !hasLine
        let parts = requests.parts
        context.fireChannelRead(data)
        if requests.parts != parts {
            // A head ends with a line.
            isWithinHead = bytes.getInteger(at: bytes.writerIndex - 1) != UInt8(ascii: "\n")
            hasLine = false
        } else if !isWithinHead {
            isWithinHead = true
            hasLine = bytes.readableBytesView.contains(UInt8(ascii: "\n"))
        }
    }
}
#endif
