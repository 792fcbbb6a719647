/// What several clients did at the same time, and what they were answered.
struct History: Sendable {
    /// One operation of one client, from the moment it was asked to the moment it was answered.
    struct Call: Sendable {
        let client: Int
        let operation: Operation
        let start: UInt64
        var end: UInt64
        /// nil where any answer will do.
        var answer: String?
        /// Whether it need not have happened at all.
        var isOptional = false
    }

    let initial: HistoryState
    /// At most 32.
    var calls: [Call]

    /// Whether the calls can be put into one order that agrees with their times and explains every answer
    /// (linearizability: Herlihy and Wing 1990; the search is Wing and Gong's, with Lowe's memory of where it has been).
    func hasOrder() -> Bool {
        var seen: Set<Place> = []
        return hasOrder(from: Place(done: 0, state: initial), &seen)
    }

    private struct Place: Hashable {
        /// The calls that have been put in order, a bit for each.
        var done: UInt32
        var state: HistoryState
    }

    private func hasOrder(from place: Place, _ seen: inout Set<Place>) -> Bool {
        var isFinished = true
        var deadline = UInt64.max
        for (index, call) in calls.enumerated() where place.done >> UInt32(index) & 1 == 0 {
            if !call.isOptional { isFinished = false }
            deadline = min(deadline, call.end)
        }
        if isFinished { return true }
        // Whatever begins after another has ended comes after it.
        for (index, call) in calls.enumerated() where place.done >> UInt32(index) & 1 == 0 && call.start <= deadline {
            var next = place
            let answer = next.state.apply(call.operation)
            if let given = call.answer, given != answer { continue }
            next.done |= 1 << UInt32(index)
            if seen.insert(next).inserted, hasOrder(from: next, &seen) { return true }
        }
        return false
    }

    /// The part of a history without an order that is enough to see it.
    ///
    /// A call is left out only where it may have happened or not, at any time and with any answer, and there is no order
    /// still: so what is left has none whatever the others did.
    func smallestPart() -> History {
        var part = self
        for index in calls.indices.sorted(by: { calls[$0].end > calls[$1].end }) {
            var smaller = part
            smaller.calls[index].isOptional = true
            smaller.calls[index].answer = nil
            smaller.calls[index].end = .max
            if !smaller.hasOrder() { part = smaller }
        }
        return part
    }

    /// How many pairs of calls were under way at the same time.
    var overlaps: Int {
        var count = 0
        for (index, one) in calls.enumerated() {
            count += calls[..<index].count { $0.start <= one.end && one.start <= $0.end }
        }
        return count
    }
}

extension History: CustomStringConvertible {
    /// The calls by their beginning, a line each; those that may be left out are left out.
    var description: String {
        let first = calls.map(\.start).min() ?? 0
        let lines = calls.filter { !$0.isOptional }.sorted { $0.start < $1.start }.map { call in
            let times = "\((call.start - first) / 1_000) to \((call.end - first) / 1_000) µs"
            return "    client \(call.client), \(times): \(call.operation): \(call.answer ?? "?")"
        }
        let left = calls.count { $0.isOptional }
        return "  at first: \(initial)\n" + lines.joined(separator: "\n")
            + (left > 0 ? "\n    (and \(left) more, which change nothing about it)" : "")
    }
}

extension HistoryState: CustomStringConvertible {
    var description: String {
        var facts: [String] = []
        for user in 0..<2 {
            let name = Operation.users[user]
            if !self[.isActive(user)] { facts.append("\(name) inactive") }
            if !self[.hasToken(user)] { facts.append("\(name) without a token") }
            for role in 0..<2 where self[.hasRole(user: user, role: role)] {
                facts.append("\(name) \(Operation.roles[role].id)")
            }
            for room in 0..<2 {
                let place = Operation.rooms[room]
                if self[.serves(user: user, room: room)] { facts.append("\(name) serves \(place)") }
                if self[.isMember(user: user, room: room)] { facts.append("\(name) member of \(place)") }
            }
        }
        for one in 0..<2 {
            if !self[.isOpen(one)] { facts.append("\(Operation.rooms[one]) closed") }
            if !self[.isGranted(one)] { facts.append("\(Operation.roles[one].id) without its permission") }
        }
        return facts.joined(separator: ", ")
    }
}
