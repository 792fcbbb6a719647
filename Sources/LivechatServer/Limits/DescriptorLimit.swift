#if Server
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif
internal import Logging
internal import NIOCore

/// Stops accepting for a second when there is no descriptor or memory left for a connection.
///
/// It may be the process or the system that has none. This is logged at most once a minute. Connections that are open
/// go on.
///
/// It stands in the pipeline of the channel that listens. NIO's `AcceptBackoffHandler` holds back the next read, but
/// a channel whose accept has failed still reads, and would try again at once.
final class DescriptorLimit: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger
    private var quietUntil = NIODeadline.distantPast

    private static let pause = TimeAmount.seconds(1)
    private static let silence = TimeAmount.minutes(1)

    init(_ logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let now = context.eventLoop.now
        if now >= quietUntil {
            quietUntil = now + Self.silence
            logger.error(
                "no connection can be accepted: raise the limit of open files (ulimit -n), or end some connections",
                metadata: ["error": "\(error)"]
            )
        }
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenComplete { _ in
            channel.eventLoop.scheduleTask(in: Self.pause) { _ = channel.setOption(.autoRead, value: true) }
        }
    }
}
#endif
