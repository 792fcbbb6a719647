package import LivechatJoin

extension Scenario {
    /// The step that decides.
    package var step: JoinStep {
        switch self {
        case .wrongToken: .authenticate
        case .noPermission: .authorize
        case .noRoom: .find
        case .closed: .open
        case .noParameter: .validate
        case .rule: .rules
        case .member: .join
        case .noAccess, .noAccessQueued, .queued: .access
        }
    }

    /// The embedder's own rules.
    package var rules: [JoinRule] {
        self == .rule ? [JoinRule { _ in JoinRule.Refusal(code: "error-outside-business-hours") }] : []
    }
}
