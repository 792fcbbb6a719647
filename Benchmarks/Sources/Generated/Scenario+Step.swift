package import LivechatJoin

extension Scenario {
    /// The step that decides.
    package var step: Step {
        switch self {
        case .wrongToken: .authenticate
        case .noPermission: .authorize
        case .noRoom: .find
        case .closed: .open
        case .member, .noAccess, .noAccessQueued, .queued: .access
        }
    }
}
