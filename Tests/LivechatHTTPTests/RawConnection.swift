#if HTTP
import NIOCore
import NIOPosix

/// A connection that sends bytes as they are, for what a well-behaved client cannot be made to send.
struct RawConnection: Sendable {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    init(port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    /// Sends bytes and reads until the server closes the connection.
    static func exchange(_ bytes: [UInt8], port: Int) async throws -> String {
        try await RawConnection(port: port).channel.executeThenClose { inbound, outbound in
            // A server that has nothing to wait for may have closed the connection already.
            if !bytes.isEmpty { try await outbound.write(ByteBuffer(bytes: bytes)) }
            return try await rest(of: inbound)
        }
    }

    static func rest(of inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var received = ByteBuffer()
        for try await part in inbound { received.writeImmutableBuffer(part) }
        return String(buffer: received)
    }
}
#endif
