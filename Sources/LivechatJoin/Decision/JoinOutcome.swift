public import LivechatRooms

/// What came of a request to join.
public enum JoinOutcome: Hashable, Sendable {
    /// The user is a member now; the membership is committed. Says what let the user in.
    case joined(RoomAccess)
    /// The user was a member already; nothing was written.
    case alreadyMember
    /// Nobody joined.
    case refused(JoinRefusal)
}

extension JoinOutcome {
    /// The step that decided.
    public var step: JoinStep {
        switch self {
        case .joined, .alreadyMember: .join
        case .refused(let refusal): refusal.step
        }
    }
}

extension JoinOutcome: CustomStringConvertible {
    /// The outcome in words, for logs and operators, never for clients.
    public var description: String {
        switch self {
        case .joined(let access): "joined: \(access)"
        case .alreadyMember: "already a member"
        case .refused(let refusal): "refused: \(refusal)"
        }
    }
}

/// What came of asking whether somebody may look into a room (contract C6).
public enum AccessOutcome: Hashable, Sendable {
    /// The user may, for this reason.
    case admitted(RoomAccess)
    /// The user may not.
    case refused(JoinRefusal)
}
