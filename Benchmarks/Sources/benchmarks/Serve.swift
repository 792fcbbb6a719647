import Foundation
import Generated
import Hummingbird
import LivechatJoin
import LivechatPersistence
import LivechatServer
import NIOCore
import NIOHTTP1
import NIOPosix

/// `serve bare`, `serve codec`, and `serve ours PATH` or another variant of it: a server on a free loopback port, in the same layout, with and without the engine.
func serve(_ arguments: [String]) async throws {
    let say: @Sendable (Int) -> Void = { port in
        print("listening on http://127.0.0.1:\(port)")
        fflush(nil)
    }
    if let variant = Variant(rawValue: arguments[1]) {
        let database = try variant.open(arguments[2])
        let server = JoinServer(JoinService.quiet(database), port: 0, onListening: { say($0) }) {
            try await database.checkHealth()
        }
        try await server.run()
    } else if arguments[1] == "codec" {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(ConstantAnswer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        say(listener.localAddress?.port ?? 0)
        try await listener.closeFuture.get()
    } else {
        let router = Router()
        router.get("/api/v1/livechat/room.join") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: ConstantAnswer.body))
            )
        }
        try await Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in say(channel.localAddress?.port ?? 0) }
        ).runService()
    }
}

/// Answers every request with the body of a join, on NIO's codec and nothing else.
private final class ConstantAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    static let body = #"{"success":true}"#
    private let head = HTTPResponseHead(
        version: .http1_1,
        status: .ok,
        headers: ["Content-Type": "application/json", "Content-Length": "\(ConstantAnswer.body.utf8.count)"]
    )
    private let bytes = ByteBuffer(string: ConstantAnswer.body)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
