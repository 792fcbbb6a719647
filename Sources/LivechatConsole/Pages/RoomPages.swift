#if Console
internal import LivechatJoin

/// One room: what the store holds of it, and everybody who has to do with it.
struct RoomView {
    let id: String
    let kind: String
    let isLivechat: Bool
    let isOpen: Bool
    let servedBy: [Reference]
    let department: String?
    let members: String
    let inquiry: InquiryView
    let previewRoom: Bool
    let events: String
    let people: [Person]
    let isEmpty: Bool
    let paging: Paging
    /// The room as a question has it.
    let question: String

    /// A member, an agent of the room's department, who serves it, or who could join it.
    struct Person {
        let user: Reference
        let ties: String
        let canJoin: Bool
        let access: String
        let why: String
    }
}

/// A room's inquiry.
struct InquiryView {
    let exists: Bool
    let status: String
    let queue: String?
    let defaultAgent: [Reference]

    init(_ inquiry: LivechatStoredRoom.Inquiry?) {
        exists = inquiry != nil
        status = Shown.text(inquiry?.status ?? "no status")
        queue = inquiry?.departmentID.map { Shown.text($0.string) }
        defaultAgent = inquiry?.defaultAgent.map { [Reference($0)] } ?? []
    }
}

/// Rooms, in the order of their ids.
struct RoomsView {
    let rows: [Row]
    let isEmpty: Bool
    let paging: Paging

    struct Row {
        let room: Reference
        let kind: String
        let isOpen: Bool
        let servedBy: [Reference]
        let department: String
        let inquiry: InquiryView
        let members: String
    }
}

extension ConsolePages {
    func rooms(_ query: ConsoleQuery) async throws -> Page {
        let after = query["after"].flatMap(LivechatRoomID.init(requested:))
        let rooms = try await store.rooms(.after(after, limit: Self.mostRows + 1))
        let rows = rooms.prefix(Self.mostRows).map { stored in
            RoomsView.Row(
                room: Reference(stored.id),
                kind: Shown.text(stored.kind),
                isOpen: stored.room.isOpen,
                servedBy: stored.room.servedBy.map { [Reference($0)] } ?? [],
                department: Shown.text(stored.room.departmentID?.string ?? ""),
                inquiry: InquiryView(stored.inquiry),
                members: Shown.count(stored.room.membersCount)
            )
        }
        let last = rooms.count > rows.count ? rooms[rows.count - 1].id.string : nil
        let view = RoomsView(
            rows: rows,
            isEmpty: rows.isEmpty,
            paging: Paging(
                next: last.map { Link.path("/rooms", [("after", $0)]) },
                first: after == nil ? nil : "/rooms"
            )
        )
        return Page(tab: .rooms, title: "Rooms", template: "rooms", content: view)
    }

    func room(_ query: ConsoleQuery) async throws -> Page {
        guard let id = query["id"].flatMap(LivechatRoomID.init(requested:)),
            let stored = try await store.rooms(.only(id)).first
        else {
            throw Page.Missing(text: "There is no room \(query["id"] ?? "without an id").")
        }
        let after = query["after"].flatMap(LivechatUserID.init(requested:))
        let people = try await self.people(of: stored, after: after)
        let (room, rows) = (stored.room, people.prefix(Self.mostRows))
        let last = people.count > rows.count ? rows.last?.user.string : nil
        let view = RoomView(
            id: Shown.text(id.string),
            kind: Shown.text(stored.kind),
            isLivechat: stored.kind == LivechatRoom.livechatKind,
            isOpen: room.isOpen,
            servedBy: room.servedBy.map { [Reference($0)] } ?? [],
            department: room.departmentID.map { Shown.text($0.string) },
            members: Shown.count(room.membersCount),
            inquiry: InquiryView(stored.inquiry),
            previewRoom: try await store.settings().previewRoom,
            events: Link.now(room: id.string),
            people: rows.map { person in
                RoomView.Person(
                    user: Reference(person.user),
                    ties: person.ties.joined(separator: ", "),
                    canJoin: person.access != nil,
                    access: person.access?.rawValue ?? "",
                    why: Link.why(person.user.string, id.string)
                )
            },
            isEmpty: rows.isEmpty,
            paging: Paging(
                next: last.map { Link.room(id, after: $0) },
                first: after == nil ? nil : Link.room(id)
            ),
            question: id.string
        )
        return Page(tab: .rooms, title: "Room \(Shown.text(id.string))", template: "room", content: view)
    }

    /// Somebody who has to do with a room.
    private struct Involved {
        let user: LivechatUserID
        var ties: [String] = []
        /// The first rule that would let them join.
        var access: RoomAccess?
    }

    /// Merges who is a member, an agent or named by the room with who could join it, one more than a page has.
    ///
    /// Each list has its first rows after the cursor, so the first rows of all of them are complete.
    private func people(of stored: LivechatStoredRoom, after: LivechatUserID?) async throws -> [Involved] {
        let (room, page) = (stored.room, LivechatPage.after(after, limit: Self.mostRows + 1))
        var people: [LivechatUserID: Involved] = [:]
        func isAfter(_ user: LivechatUserID) -> Bool { after.map { $0 < user } ?? true }
        func tie(_ user: LivechatUserID, _ tie: String) {
            if !isAfter(user) { return }
            people[user, default: Involved(user: user)].ties.append(tie)
        }
        if let agent = room.servedBy { tie(agent, "serves the room") }
        for member in try await store.members(of: room.id, page) {
            let roles = member.roles.map { Shown.text($0.string) }.joined(separator: ", ")
            tie(
                member.user,
                "member since \(Shown.time(member.joinedAt))" + (roles.isEmpty ? "" : " with the roles \(roles)")
            )
        }
        for id in Set([room.departmentID, stored.inquiry?.departmentID].compactMap { $0 }).sorted() {
            guard let department = try await store.departments(.only(id)).first else { continue }
            for agent in department.agents.filter(isAfter).prefix(Self.mostRows + 1) {
                tie(agent, "agent of \(Shown.text(id.string))" + (department.isEnabled ? "" : " (disabled)"))
            }
        }
        if let agent = stored.inquiry?.defaultAgent { tie(agent, "default agent of the inquiry") }
        if stored.kind == LivechatRoom.livechatKind {
            for admitted in try await service().who(room: room.id, page) {
                people[admitted.id, default: Involved(user: admitted.id)].access = admitted.access
            }
        }
        return Array(people.values.sorted { $0.user < $1.user }.prefix(Self.mostRows + 1))
    }
}
#endif
