#if CommandLine
extension Server {
    /// Asks to join a room, on a connection of its own.
    ///
    /// - Returns: The status.
    package func join(user: String, token: String, room: String) async throws -> Int {
        let fields = [(name: "X-User-Id", value: user), (name: "X-Auth-Token", value: token)]
        return try await Wire.ask(port: port, target: "/api/v1/livechat/room.join?roomId=\(room)", fields).status
    }
}
#endif
