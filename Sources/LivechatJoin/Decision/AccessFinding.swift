internal import LivechatRooms
internal import LivechatTokens

/// What the rules of access found where none of them admits (contract C6), for logs and operators.
///
/// Any two are equal: a finding describes a refusal, and makes no other one of it.
public struct AccessFinding: Sendable {
    private enum Server {
        case unknown
        case nobody
        case agent(LivechatUserID)
    }

    private let server: Server
    private let previewsQueue: Bool
    /// nil where it was not asked for.
    private let queue: QueueFact?
    /// The department that the inquiry waits in.
    private let department: LivechatDepartmentID?

    /// Says nothing of what was looked at.
    public init() {
        server = .unknown
        previewsQueue = true
        queue = nil
        department = nil
    }

    /// Says what stood against a user who may not enter, from what the rules looked at.
    init(_ room: RoomFact, _ queue: QueueFact?) {
        server = .unknown
        previewsQueue = room.previewsQueue
        self.queue = queue
        department = nil
    }

    /// Says what stood against a user who may not enter, with names.
    init(
        _ room: RoomFact,
        _ queue: QueueFact,
        servedBy agent: LivechatUserID?,
        department: LivechatDepartmentID?
    ) {
        server = agent.map(Server.agent) ?? .nobody
        previewsQueue = room.previewsQueue
        self.queue = queue
        self.department = department
    }
}

extension AccessFinding: Hashable {
    /// True: which of them it is makes no difference to the refusal.
    public static func == (one: AccessFinding, other: AccessFinding) -> Bool { true }

    /// Adds nothing, since all are equal.
    public func hash(into hasher: inout Hasher) {}
}

extension AccessFinding: CustomStringConvertible {
    /// What stood against the user, such as "served by mia; its inquiry waits in billing, which is disabled;
    /// previewRoom is off".
    public var description: String {
        var said: [String] = []
        switch server {
        case .unknown: said.append("the user is not a member, does not hold view-livechat-rooms and does not serve it")
        case .nobody: said.append("served by nobody")
        case .agent(let agent): said.append("served by \(agent)")
        }
        if let queue { said.append(queue.inquiry.map(waiting) ?? "it has no inquiry") }
        if !previewsQueue { said.append("previewRoom is off") }
        return said.joined(separator: "; ")
    }

    private func waiting(_ inquiry: QueueFact.Inquiry) -> String {
        guard inquiry.status == QueueFact.Inquiry.queued else {
            return "its inquiry is \(inquiry.status ?? "without a status"), not queued"
        }
        guard let standing = inquiry.department else { return "its inquiry waits in the public queue" }
        let name = department.map { "\($0)" } ?? "a department"
        if !standing.isEnabled { return "its inquiry waits in \(name), which is disabled" }
        return "its inquiry waits in \(name)" + (standing.hasUser ? "" : ", and the user is not an agent of it")
    }
}
