#if Server
import ServerTesting

@testable import Specification
@testable import WorldTesting

extension Wire {
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
}

extension Wire.Response {
    var answer: Answer { Answer(status, body) }
}
#endif
