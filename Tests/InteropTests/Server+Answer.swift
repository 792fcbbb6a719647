#if CommandLine
import ServerTesting
import Testing

extension Server {
    /// Asks to join with a user's own token.
    ///
    /// - Returns: The status.
    func answer(_ user: String, _ room: String = "public") async throws -> Int {
        try await join(user: user, token: "raw-\(user)", room: room)
    }

    /// Expects a status.
    func expect(
        _ status: Int,
        _ user: String,
        _ room: String = "public",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await answer(user, room)
        #expect(found == status, "\(user) in \(room)", sourceLocation: sourceLocation)
    }
}
#endif
