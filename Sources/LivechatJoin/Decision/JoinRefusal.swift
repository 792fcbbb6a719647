public import LivechatPermissions
public import LivechatTokens

/// Why nobody joined: an answer, not an error.
///
/// The reasons inside are for logs and operators; a client reads only what the profile makes of the refusal.
public enum JoinRefusal: Hashable, Sendable {
    /// The user is not logged in.
    case notLoggedIn(AuthenticationRefusal)
    /// The client has asked too often; says which of its budgets is spent, and in how many seconds it has a new one.
    case tooManyRequests(LimitedBudget, seconds: Int)
    /// The parameters are not what the endpoint takes.
    case invalidParameters(ParameterFault)
    /// The user lacks a permission: `view-l-room`, or the one that ``JoinService/require(_:of:in:from:id:)`` asked for.
    case lacksPermission(PermissionDecision, of: LivechatPermissionID = .viewLivechatRoom)
    /// There is no livechat room with this id.
    case noSuchRoom
    /// The room is closed.
    case roomClosed
    /// One of the embedder's own rules refused.
    case rule(JoinRule.Refusal)
    /// The user may not enter this room; says what was looked at.
    case noAccess(AccessFinding = AccessFinding())
}

extension JoinRefusal {
    /// The step that decided.
    public var step: JoinStep {
        switch self {
        case .notLoggedIn, .tooManyRequests(.logins, _): .authenticate
        case .tooManyRequests(.requests, _): .limit
        case .invalidParameters: .validate
        case .lacksPermission: .authorize
        case .noSuchRoom: .find
        case .roomClosed: .open
        case .rule: .rules
        case .noAccess: .access
        }
    }
}

extension JoinRefusal: CustomStringConvertible {
    /// The reason in words, for logs and operators, never for clients.
    public var description: String {
        switch self {
        case .notLoggedIn(let reason): "\(reason)"
        case .tooManyRequests(let budget, let seconds): "too many \(budget), \(seconds) seconds to wait"
        case .invalidParameters(let fault): "\(fault)"
        case .lacksPermission(.restricted(let role), of: let permission):
            "the role \(role) is restricted and leaves out \(permission)"
        case .lacksPermission(_, of: let permission): "no role of the user is granted \(permission)"
        case .noSuchRoom: "there is no livechat room with this id"
        case .roomClosed: "the room is closed"
        case .rule(let refusal):
            "the embedder's rule refused with \(refusal.code)" + (refusal.reason.isEmpty ? "" : ": \(refusal.reason)")
        case .noAccess(let finding): "nothing lets the user into this room: \(finding)"
        }
    }
}

/// The budgets that a client has (contract C10).
public enum LimitedBudget: String, Hashable, CaseIterable, Sendable {
    /// For requests that are logged in.
    case requests
    /// For logins that fail.
    case logins
}

extension LimitedBudget: CustomStringConvertible {
    /// What there were too many of.
    public var description: String { self == .requests ? "requests" : "failed logins" }
}

/// What can be wrong with the parameters.
///
/// With several at once the first in this list is answered (contract C2).
public enum ParameterFault: String, Hashable, CaseIterable, Sendable {
    /// There is no `roomId`.
    case missing
    /// There is a parameter other than `roomId`.
    case additional
    /// `roomId` is repeated, or in array or object form.
    case notAString
}

extension ParameterFault: CustomStringConvertible {
    /// The fault in words.
    public var description: String {
        switch self {
        case .missing: "roomId is missing"
        case .additional: "there is a parameter other than roomId"
        case .notAString: "roomId is not one string"
        }
    }
}
