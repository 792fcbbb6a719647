#if CommandLine
import Hummingbird

extension Server {
    /// Asks to join a room, on a connection of its own.
    ///
    /// - Returns: The status.
    package func join(user: String, token: String, room: String) async throws -> Int {
        let connection = try await TestConnection(port: port)
        let response = try await connection.ask(
            HTTPRequest(
                method: .get,
                scheme: "http",
                authority: "127.0.0.1",
                path: "/api/v1/livechat/room.join?roomId=\(room)",
                headerFields: [.init("X-User-Id")!: user, .init("X-Auth-Token")!: token]
            )
        )
        try await connection.close()
        return response.status.code
    }
}
#endif
