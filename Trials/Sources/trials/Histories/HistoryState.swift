/// What the contract says the engine is, for a handful of users and rooms: a decider of its own, with nothing of the
/// engine's in it.
struct HistoryState: Hashable, Sendable {
    private(set) var bits: UInt32 = 0
    /// Who has joined what since the history began, oldest first: twice the user and the room.
    private var joined: [UInt8] = []

    /// Something that is so or not.
    enum Fact {
        case isActive(Int)
        case hasToken(Int)
        case hasRole(user: Int, role: Int)
        case isGranted(Int)
        case isOpen(Int)
        case serves(user: Int, room: Int)
        case isMember(user: Int, room: Int)

        fileprivate var place: Int {
            switch self {
            case .isActive(let user): user
            case .hasToken(let user): 2 + user
            case .hasRole(let user, let role): 4 + 2 * user + role
            case .isGranted(let role): 8 + role
            case .isOpen(let room): 10 + room
            case .serves(let user, let room): 12 + 2 * user + room
            case .isMember(let user, let room): 16 + 2 * user + room
            }
        }
    }

    subscript(fact: Fact) -> Bool {
        get { bits >> UInt32(fact.place) & 1 == 1 }
        set {
            let bit: UInt32 = 1 << UInt32(fact.place)
            if newValue { bits |= bit } else { bits &= ~bit }
        }
    }

    /// A state in which most doors are open, since a shut one hides the ones behind it.
    static func random(with random: inout SplitMix64) -> HistoryState {
        var state = HistoryState()
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        for one in 0..<2 {
            state[.isActive(one)] = chance(85)
            state[.hasToken(one)] = chance(85)
            state[.isGranted(one)] = chance(80)
            state[.isOpen(one)] = chance(80)
            for other in 0..<2 {
                state[.hasRole(user: one, role: other)] = chance(other == 0 ? 80 : 40)
                state[.isMember(user: one, room: other)] = chance(15)
            }
            if chance(50) { state[.serves(user: Int.random(in: 0..<2, using: &random), room: one)] = true }
        }
        return state
    }

    /// Does one thing, and returns the answer that it has to have.
    mutating func apply(_ operation: Operation) -> String {
        let user = operation.user
        let room = operation.room
        switch operation.verb {
        case .join: return join(user, room)
        case .leave:
            defer { self[.isMember(user: user, room: room)] = false }
            return self[.isMember(user: user, room: room)] ? "yes" : "no"
        case .revoke:
            defer { self[.hasToken(user)] = false }
            return self[.hasToken(user)] ? "yes" : "no"
        case .open: self[.isOpen(room)] = true
        case .close: self[.isOpen(room)] = false
        case .issue: self[.hasToken(user)] = true
        case .assign: self[.hasRole(user: user, role: operation.role)] = true
        case .withdraw: self[.hasRole(user: user, role: operation.role)] = false
        case .grant: self[.isGranted(operation.role)] = true
        case .ungrant: self[.isGranted(operation.role)] = false
        case .activate: self[.isActive(user)] = true
        case .deactivate: self[.isActive(user)] = false
        case .serve, .unserve:
            for other in 0..<2 { self[.serves(user: other, room: room)] = operation.verb == .serve && other == user }
        case .count: return "\((0..<2).count { self[.isMember(user: $0, room: room)] })"
        case .events: return joined.map { "\($0)" }.joined(separator: " ")
        case .may: return holds(user, operation.role) ? "yes" : "no"
        }
        return "done"
    }

    /// Whether a user has what a role is there for: each permission is granted to one role only.
    private func holds(_ user: Int, _ role: Int) -> Bool {
        self[.hasRole(user: user, role: role)] && self[.isGranted(role)]
    }

    private mutating func join(_ user: Int, _ room: Int) -> String {
        guard self[.hasToken(user)] else { return "unknown" }
        guard self[.isActive(user)] else { return "inactive" }
        guard holds(user, 0) else { return "unauthorized" }
        guard self[.isOpen(room)] else { return "closed" }
        if self[.isMember(user: user, room: room)] { return "member" }
        let access = holds(user, 1) ? "permission" : self[.serves(user: user, room: room)] ? "serving" : nil
        guard let access else { return "no access" }
        self[.isMember(user: user, room: room)] = true
        joined.append(UInt8(2 * user + room))
        return access
    }
}
