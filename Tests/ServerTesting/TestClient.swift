#if HTTP
public import Hummingbird

/// Asks a server.
public struct TestClient: Sendable {
    /// Where the server listens; nil when it does not.
    public let port: Int?
    private let ask: @Sendable (HTTPRequest) async throws -> TestResponse

    init(port: Int?, _ ask: @escaping @Sendable (HTTPRequest) async throws -> TestResponse) {
        self.port = port
        self.ask = ask
    }

    /// Sends a request without a body and returns what is answered.
    public func execute(
        uri: String,
        method: HTTPRequest.Method,
        headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await ask(
            HTTPRequest(method: method, scheme: "http", authority: "localhost", path: uri, headerFields: headers)
        )
    }
}

/// What a server answered.
public struct TestResponse: Sendable {
    let head: HTTPResponse
    /// The body of the answer.
    public let body: ByteBuffer

    /// The status of the answer.
    public var status: HTTPResponse.Status { head.status }
    /// The header fields of the answer.
    public var headers: HTTPFields { head.headerFields }
}
#endif
