package import LivechatJoin

/// Makes a rule that refuses with one code.
///
/// - Parameters:
///   - code: What a client reads in `error`.
///   - admits: Whether the rule has nothing against the request.
/// - Returns: A rule that refuses where `admits` returns false, and throws what `admits` throws.
package func joinRule(
    _ code: String,
    admits: @escaping @Sendable (JoinRule.Question) async throws -> Bool
) -> JoinRule {
    JoinRule { question in try await admits(question) ? nil : JoinRule.Refusal(code: code) }
}
