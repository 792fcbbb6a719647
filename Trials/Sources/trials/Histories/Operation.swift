/// One thing that a client does in a history, with small numbers for who and where.
struct Operation: Hashable, Sendable {
    enum Verb: String, CaseIterable, Sendable {
        case join, leave, open, close, issue, revoke, assign, withdraw, grant, ungrant
        case activate, deactivate, serve, unserve, count, events, may
    }

    let verb: Verb
    let user: Int
    let room: Int
    let role: Int

    static let users = ["u0", "u1"]
    static let rooms = ["r0", "r1"]
    /// Each role with the one permission that it is there for.
    static let roles = [(id: "porter", permission: "view-l-room"), (id: "overseer", permission: "view-livechat-rooms")]

    /// What shuts a door.
    private static let shutting = [Verb.close, .revoke, .withdraw, .ungrant, .deactivate, .unserve, .leave]

    /// A third of them joins and a third what shuts a door, since joins are there to be tripped.
    static func random(users: Int, rooms: Int, with random: inout SplitMix64) -> Operation {
        let verbs = [[Verb.join], shutting, Verb.allCases][Int.random(in: 0..<3, using: &random)]
        return Operation(
            verb: verbs[Int.random(in: 0..<verbs.count, using: &random)],
            user: Int.random(in: 0..<users, using: &random),
            room: Int.random(in: 0..<rooms, using: &random),
            role: Int.random(in: 0..<roles.count, using: &random)
        )
    }
}

/// The form in which an operation travels to a worker.
extension Operation {
    var code: String { "\(verb.rawValue),\(user),\(room),\(role)" }

    init?(code: some StringProtocol) {
        let parts = code.split(separator: ",")
        guard parts.count == 4, let verb = Verb(rawValue: String(parts[0])), let user = Int(parts[1]),
            let room = Int(parts[2]), let role = Int(parts[3])
        else { return nil }
        self.init(verb: verb, user: user, room: room, role: role)
    }
}

extension Operation: CustomStringConvertible {
    var description: String {
        let user = Self.users[user]
        let room = Self.rooms[room]
        let role = Self.roles[role]
        return switch verb {
        case .join: "\(user) joins \(room)"
        case .leave: "\(user) leaves \(room)"
        case .open: "\(room) is opened"
        case .close: "\(room) is closed"
        case .issue: "\(user) is given a token"
        case .revoke: "\(user)'s token is revoked"
        case .assign: "\(user) is made \(role.id)"
        case .withdraw: "\(user) is no longer \(role.id)"
        case .grant: "\(role.id) is granted \(role.permission)"
        case .ungrant: "\(role.id) loses \(role.permission)"
        case .activate: "\(user) is activated"
        case .deactivate: "\(user) is deactivated"
        case .serve: "\(user) serves \(room)"
        case .unserve: "nobody serves \(room)"
        case .count: "the members of \(room) are counted"
        case .events: "the events are read"
        case .may: "may \(user) \(role.permission)?"
        }
    }
}
