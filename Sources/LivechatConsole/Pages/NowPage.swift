#if Console
internal import LivechatJoin

/// Now: the event log, newest first, and what was refused lately.
struct NowView {
    let room: String
    let user: String
    let isFiltered: Bool
    let events: [EventView]
    let isEmpty: Bool
    let isLive: Bool
    /// Where new events are to be had.
    let source: String
    let refusals: RefusalsView
    let showsRefusals: Bool
    /// How far back a filter has looked, where it has not looked at everything.
    let searched: String?
    let paging: Paging
}

/// One line of the log.
struct EventView {
    let sequence: Int64
    let at: String
    let kind: String
    let rooms: [Reference]
    let users: [Reference]
    let details: String
    let by: String

    init(_ event: JoinEvent) {
        sequence = event.sequence
        at = Shown.time(event.at)
        kind = Shown.text(event.kind.rawValue)
        rooms = event.roomID.map { [Reference($0)] } ?? []
        users = event.userID.map { [Reference($0)] } ?? []
        details = event.details.sorted { $0.key < $1.key }.map { key, value in
            "\(Shown.text(key)): \(Shown.text(value.text ?? value.json))"
        }.joined(separator: ", ")
        by = Shown.text(event.by ?? "")
    }
}

/// How often each step has refused lately.
struct RefusalsView {
    let minutes: [Int]
    let rows: [Row]
    let isEmpty: Bool

    struct Row {
        let step: String
        let counts: [String]
    }

    init(_ recent: [(step: JoinStep, counts: [Int])]) {
        minutes = JoinRefusalCount.minutes
        rows = recent.map { step, counts in Row(step: step.rawValue, counts: counts.map(Shown.count)) }
        isEmpty = rows.isEmpty
    }
}

/// Which events somebody wants to see.
struct EventFilter: Sendable {
    let room: LivechatRoomID?
    let user: LivechatUserID?

    init(_ query: ConsoleQuery) {
        // What cannot be an id matches nothing.
        room = query["room"].map { LivechatRoomID(requested: $0) ?? LivechatRoomID(stored: "") }
        user = query["user"].map { LivechatUserID(requested: $0) ?? LivechatUserID(stored: "") }
    }

    var isOn: Bool { room != nil || user != nil }

    func admits(_ event: JoinEvent) -> Bool {
        (room == nil || event.roomID == room) && (user == nil || event.userID == user)
    }
}

extension ConsolePages {
    /// The most events that one page looks at for those of a room or user.
    private static let mostSearched: Int64 = 20_000

    func now(_ query: ConsoleQuery) async throws -> Page {
        let filter = EventFilter(query)
        let before = query["before"].flatMap { Int64($0) }
        let found = try await events(before: before, filter)
        let (room, user) = (query["room"], query["user"])
        let view = NowView(
            room: room ?? "",
            user: user ?? "",
            isFiltered: filter.isOn,
            events: found.events.map(EventView.init),
            isEmpty: found.events.isEmpty,
            isLive: before == nil,
            source: Link.path("/now/events", [("room", room), ("user", user), ("after", "\(found.end)")]),
            refusals: RefusalsView(refusals?.recent() ?? []),
            showsRefusals: refusals != nil,
            searched: found.searchedTo.map { Shown.count(Int($0)) },
            paging: Paging(
                next: found.older.map { Link.now(room: room, user: user, before: $0) },
                first: before == nil ? nil : Link.now(room: room, user: user)
            )
        )
        return Page(tab: .now, title: "Now", template: "now", content: view)
    }

    /// Events of a page, newest first.
    private struct FoundEvents {
        var events: [JoinEvent] = []
        /// The last sequence of the log.
        let end: Int64
        /// The cursor of the page that follows; nil at the beginning of the log.
        var older: Int64?
        /// Where a search was given up; nil where it was not.
        var searchedTo: Int64?
    }

    /// Reads the log backwards, which is only had forwards.
    private func events(before: Int64?, _ filter: EventFilter) async throws -> FoundEvents {
        let end = try await store.endOfEvents().sequence
        var found = FoundEvents(end: end)
        let step = filter.isOn ? 1_000 : Int64(Self.mostRows)
        let start = min(before ?? .max, end + 1)
        var upper = start
        while upper > 1 {
            let lower = max(0, upper - 1 - step)
            for event in try await events(after: lower, before: upper).reversed() where filter.admits(event) {
                found.events.append(event)
                guard found.events.count == Self.mostRows else { continue }
                found.older = event.sequence > 1 ? event.sequence : nil
                return found
            }
            upper = lower + 1
            if upper > 1, start - upper >= Self.mostSearched {
                (found.older, found.searchedTo) = (upper, upper)
                return found
            }
        }
        return found
    }

    /// The events between two sequences that have not been pruned.
    private func events(after lower: Int64, before upper: Int64) async throws -> [JoinEvent] {
        let limit = Int(upper - 1 - lower)
        var events: [JoinEvent]
        do {
            events = try await store.events(after: JoinEvent.Cursor(sequence: lower), limit: limit)
        } catch {
            guard error.code == .invalidCursor else { throw error }
            events = try await store.events(after: 0, limit: limit)
        }
        // Where the oldest have been pruned, what is left can begin later.
        events.removeAll { $0.sequence >= upper }
        return events
    }
}
#endif
