public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens

/// A rule of the embedder's own. It is asked after the room was found open and before access is decided
/// (contract C3), for members too, and before anything is written.
///
/// ```swift
/// let hours = JoinRule(code: "error-outside-business-hours") { question in
///     await businessHours.includes(question.user)
/// }
/// ```
public struct JoinRule: Sendable {
    /// What a rule is asked about: the facts that the steps before it have established.
    public struct Question: Sendable {
        /// The user who is logged in.
        public let user: UserID
        /// The user's roles and what they amount to, without roles in the room.
        public let permissions: EffectivePermissions
        /// The room, which is open.
        public let room: Room
    }

    /// What a client reads in `error` when the rule refuses.
    public let code: String
    private let admits: @Sendable (Question) async throws -> Bool

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - code: What a client reads in `error` when the rule refuses; any text.
    ///   - admits: Whether the rule has nothing against it. It may wait, it sees the facts of one moment, and what it
    ///     throws becomes a ``JoinFailure`` with the code ``JoinFailure/Code/ruleFailed``, a 503 for the client.
    public init(code: String, admits: @escaping @Sendable (Question) async throws -> Bool) {
        self.code = code
        self.admits = admits
    }

    func refuses(_ question: Question) async throws(JoinFailure) -> Bool {
        do {
            return try await !admits(question)
        } catch {
            throw JoinFailure(code: .ruleFailed, cause: error)
        }
    }
}
