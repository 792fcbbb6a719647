#if CommandLine
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends one request over a connection of its own, as any client does.
struct DemoClient {
    struct Answer {
        var status = 0
        var contentType: String?
        var body = ""
    }

    let port: Int

    func get(_ target: String, _ headers: [(String, String)]) async throws -> Answer {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        var answered: Answer?
        do {
            try await channel.executeThenClose { inbound, outbound in
                answered = try await ask(target, headers, inbound, outbound)
            }
        } catch ChannelError.ioOnClosedChannel where answered != nil {
            // The server closes too; the second of the two finds the channel closed.
        }
        guard let answered else { throw Failure("the server closed the connection before it had answered") }
        return answered
    }

    private func ask(
        _ target: String,
        _ headers: [(String, String)],
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async throws -> Answer? {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target)
        head.headers.add(name: "Host", value: "127.0.0.1:\(port)")
        head.headers.add(name: "Connection", value: "close")
        head.headers.add(contentsOf: headers)
        try await outbound.write(.head(head))
        try await outbound.write(.end(nil))
        var answer = Answer()
        var body = ByteBuffer()
        for try await part in inbound {
            switch part {
            case .head(let head):
                answer.status = Int(head.status.code)
                answer.contentType = head.headers.first(name: "Content-Type")
            case .body(let part):
                body.writeImmutableBuffer(part)
            case .end:
                answer.body = String(buffer: body)
                return answer
            }
        }
        return nil
    }
}
#endif
