/// One step of the decision.
///
/// A step is named here, ordered in ``DecisionOrder`` and carried out in `Steps`.
public enum JoinStep: String, CaseIterable, Sendable {
    /// Is the user logged in? (contract C4)
    case authenticate
    /// Has the client asked too often? (contract C10)
    case limit
    /// Are the parameters well formed? (contract C1)
    case validate
    /// Does the user hold `view-l-room`? (contract C5)
    case authorize
    /// Is there such a livechat room? (contract C8)
    case find
    /// Is the room open?
    case open
    /// Do the embedder's own rules agree?
    case rules
    /// May the user enter this room? (contract C6)
    case access
    /// The membership, the count and the event, written at once. (contract C7)
    case join
}

extension JoinStep {
    /// Every answer that the step can refuse with, for the tables in the documentation and in the tests.
    package var refusals: [JoinRefusal] {
        switch self {
        case .authenticate: [.notLoggedIn(.unknown)]
        case .limit: [.tooManyRequests(.requests, seconds: 1)]
        case .validate: ParameterFault.allCases.map(JoinRefusal.invalidParameters)
        case .authorize: [.lacksPermission(.notGranted)]
        case .find: [.noSuchRoom]
        case .open: [.roomClosed]
        case .rules: [.rule(JoinRule.Refusal(code: "<the rule's code>"))]
        case .access: [.noAccess()]
        case .join: []
        }
    }
}

/// What a step came to.
enum StepResult: Sendable {
    /// Nothing stands against the request here.
    case passed(Finding)
    /// The request is refused, if this is the first step that refuses.
    case refused(JoinRefusal)
    /// The embedder's rules have to be asked first.
    case pending(JoinRule.Question)
    /// The step cannot be asked, since what an earlier one establishes is not there.
    case notAsked(needs: JoinStep)

    /// What a step that passed has found out.
    enum Finding: Sendable {
        case nothing
        case permission(PermissionDecision)
        case access(RoomAccess)
    }
}
