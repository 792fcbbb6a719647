#if HTTP
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection, on which one request is sent after the other is answered.
struct TestConnection: Sendable {
    private let channel: any Channel

    init(port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Asker())
                }
            }
            .connect(host: "localhost", port: port).get()
    }

    func ask(_ request: HTTPRequest) async throws -> TestResponse {
        let answer = channel.eventLoop.makePromise(of: TestResponse.self)
        channel.writeAndFlush(Asker.Question(request: request, answer: answer), promise: nil)
        return try await answer.futureResult.get()
    }

    func close() async throws {
        channel.close(promise: nil)
        try await channel.closeFuture.get()
    }
}

private struct ConnectionEnded: Error {}

/// Turns a question into a request, and what comes back into its answer.
private final class Asker: ChannelDuplexHandler {
    struct Question: Sendable {
        let request: HTTPRequest
        let answer: EventLoopPromise<TestResponse>
    }

    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Question
    typealias OutboundOut = HTTPClientRequestPart

    private var answer: EventLoopPromise<TestResponse>?
    private var head: HTTPResponse?
    private var body = ByteBuffer()
    private var hasEnded = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let question = unwrapOutboundIn(data)
        guard !hasEnded else { return question.answer.fail(ConnectionEnded()) }
        answer = question.answer
        var headers = HTTPHeaders([("Host", question.request.authority ?? "")])
        for field in question.request.headerFields { headers.add(name: field.name.rawName, value: field.value) }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: question.request.method.rawValue),
            uri: question.request.path ?? "",
            headers: headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let received):
            var fields = HTTPFields()
            for (name, value) in received.headers {
                if let name = HTTPFields.Element.Name(name) { fields.append(.init(name: name, value: value)) }
            }
            head = HTTPResponse(status: .init(code: Int(received.status.code)), headerFields: fields)
            body.clear()
        case .body(let part):
            body.writeImmutableBuffer(part)
        case .end:
            if let head { answer?.succeed(TestResponse(head: head, body: body)) }
            answer = nil
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { end(ConnectionEnded()) }

    private func end(_ error: any Error) {
        hasEnded = true
        answer?.fail(error)
        answer = nil
    }
}
#endif
