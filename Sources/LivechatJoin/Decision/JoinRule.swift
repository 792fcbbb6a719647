public import LivechatPermissions
public import LivechatRooms
public import LivechatTokens
public import LivechatValues

/// A rule of the embedder's own.
///
/// It is asked after the room was found open and before access is decided (contract C3), for members too, and before
/// anything is written.
///
/// ```swift
/// let hours = JoinRule { question in
///     if try await isOpen(for: question.user) { return nil }
///     return JoinRule.Refusal(code: "error-outside-business-hours", reason: "the shop is closed")
/// }
/// ```
public struct JoinRule: Sendable {
    /// What a rule is asked about: the facts that the steps before it have established.
    public struct Question: Sendable {
        /// The user who is logged in.
        public let user: LivechatUserID
        /// The user's roles and what they amount to, without roles in the room.
        public let permissions: EffectivePermissions
        /// The room, which is open.
        public let room: LivechatRoom
        /// The moment of the decision; `explain` may ask about another one than now.
        public let at: LivechatTimestamp
    }

    /// Why a rule refuses.
    public struct Refusal: Hashable, Sendable {
        /// What a client reads in `error`; any text.
        public let code: String
        /// What an operator reads, where there is more to say.
        public let reason: String

        /// Describes a refusal.
        public init(code: String, reason: String = "") {
            self.code = code
            self.reason = reason
        }
    }

    private let body: @Sendable (Question) async throws -> Refusal?

    /// Makes a rule.
    ///
    /// - Parameter body: Returns why the rule refuses, or nil when it has nothing against the request. It may wait, it
    ///   sees the facts of one moment, and what it throws becomes a ``JoinFailure`` with the code
    ///   ``JoinFailure/Code/ruleFailed``, a 503 for the client.
    public init(_ body: @escaping @Sendable (Question) async throws -> Refusal?) { self.body = body }

    func refusal(_ question: Question) async throws(JoinFailure) -> Refusal? {
        do {
            return try await body(question)
        } catch {
            throw JoinFailure(code: .ruleFailed, cause: error)
        }
    }
}
