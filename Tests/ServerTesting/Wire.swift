#if Server
package import NIOCore
import NIOPosix

/// A connection on which a test says exactly what bytes it means, for what a well-behaved client cannot be made to send.
package struct Wire: Sendable {
    /// What came back, whole.
    package struct Response: Sendable {
        package let status: Int
        /// The header lines, names in lower case.
        package let headers: [String: String]
        package let body: String
    }

    package struct Incomplete: Error {
        package let received: String
    }

    package let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    package init(port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
    }

    /// A connection on which nothing is said.
    package static func connect(port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
    }

    /// Sends bytes and reads until the server ends the connection.
    ///
    /// With `endsInput` the client says that it will send nothing more.
    package static func exchange(port: Int, _ request: [UInt8], endsInput: Bool = false) async throws -> [UInt8] {
        try await Wire(port: port).channel.executeThenClose { inbound, outbound in
            // A server that has nothing to wait for may have closed the connection already.
            if !request.isEmpty { try await outbound.write(ByteBuffer(bytes: request)) }
            if endsInput { outbound.finish() }
            var received: [UInt8] = []
            for try await part in inbound { received += part.readableBytesView }
            return received
        }
    }

    /// Sends text and reads until the server ends the connection.
    package static func exchange(port: Int, _ request: String, endsInput: Bool = false) async throws -> String {
        String(decoding: try await exchange(port: port, Array(request.utf8), endsInput: endsInput), as: UTF8.self)
    }

    /// Sends a `GET` and reads the one answer.
    ///
    /// - Throws: When the connection ends before the answer is complete.
    package static func ask(
        port: Int,
        target: String,
        _ headerFields: [(name: String, value: String)]
    ) async throws -> Response {
        var head = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        for field in headerFields { head += "\(field.name): \(field.value)\r\n" }
        return try parse(try await exchange(port: port, Array((head + "\r\n").utf8)))
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
        return Response(status: status, headers: headers, body: String(body))
    }
}
#endif
