#if HTTP
import NIOCore
import NIOPosix

@testable import Specification

/// A connection on which a test says exactly what bytes it means, and reads what comes back until it is closed.
enum Wire {
    /// What came back, whole.
    struct Response: Sendable {
        let answer: Answer
        /// The header lines, names in lower case.
        let headers: [String: String]
    }

    struct Incomplete: Error {
        let received: String
    }

    /// Sends a request and reads the one answer.
    ///
    /// - Throws: When the connection ends before the answer is complete.
    static func ask(
        port: Int,
        _ request: RawRequest,
        path: String = "/api/v1/livechat/room.join"
    ) async throws -> Response {
        try await ask(port: port, target: path + (request.query.map { "?" + $0 } ?? ""), request.headerFields)
    }

    static func ask(
        port: Int,
        target: String,
        _ headerFields: [(name: String, value: String)]
    ) async throws -> Response {
        var head = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for field in headerFields { head += "\(field.name): \(field.value)\r\n" }
        return try parse(try await exchange(port: port, Array((head + "\r\n").utf8)))
    }

    static func exchange(port: Int, _ request: [UInt8]) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            var received: [UInt8] = []
            for try await part in inbound { received += part.readableBytesView }
            return received
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> Response {
        let text = String(decoding: bytes, as: UTF8.self)
        let incomplete = Incomplete(received: text)
        guard let end = text.utf8.firstRange(of: Array("\r\n\r\n".utf8)) else { throw incomplete }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        guard let first = lines.first, let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw incomplete }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw incomplete }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        let body = text[end.upperBound...]
        guard headers["content-length"] == "\(body.utf8.count)" else { throw incomplete }
        return Response(answer: Answer(status, String(body)), headers: headers)
    }
}
#endif
