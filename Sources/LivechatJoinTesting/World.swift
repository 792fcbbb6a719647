internal import LivechatJoin

/// Everything that ``InMemoryJoinStore`` knows (contract C8).
struct World: Sendable {
    struct Person: Sendable {
        var user: LivechatUser
        var roles: Set<LivechatRoleID> = []
        var tokens: [LivechatTokenDigest: LivechatTokenRecord] = [:]
    }

    struct Group: Sendable {
        var isEnabled: Bool
        var agents: Set<LivechatUserID> = []
    }

    struct Inquiry: Equatable, Sendable {
        var status: String? = QueueFact.Inquiry.queued
        var department: LivechatDepartmentID?
        var defaultAgent: LivechatUserID?
    }

    struct Member: Sendable {
        var joinedAt: LivechatTimestamp
        var roles: Set<LivechatRoleID> = []
    }

    struct Place: Sendable {
        var kind: String
        var isOpen: Bool
        var servedBy: LivechatUserID?
        var department: LivechatDepartmentID?
        var visitorToken: LivechatVisitorToken?
        var inquiry: Inquiry?
        var members: [LivechatUserID: Member] = [:]
    }

    var roles: [LivechatRoleID: LivechatRole] = [:]
    var grants: [LivechatPermissionID: Set<LivechatRoleID>] = [:]
    var users: [LivechatUserID: Person] = [:]
    var departments: [LivechatDepartmentID: Group] = [:]
    var rooms: [LivechatRoomID: Place] = [:]
    /// The routing setting; nil until it is set, which is off.
    var previewRoom: Bool?
    var previewsQueue: Bool { previewRoom == true }
    var loginExpirationDays: Double?
    private(set) var events: [JoinEvent] = []
    /// Where the log begins and ends; it is always the same one.
    private(set) var eventLog = EventLogBounds(log: "memory", removed: 0, last: 0)
    /// When the change that is under way is made, and by whom.
    var now = LivechatTimestamp(milliseconds: 0)
    var by: JoinActor?

    /// Writes a membership and its event (contract C7).
    mutating func write(_ admission: JoinAdmission) throws(LivechatStoreError) {
        try require(admission.user)
        try change(admission.room) { place throws(LivechatStoreError) in
            guard place.members.updateValue(Member(joinedAt: admission.at), forKey: admission.user) == nil else {
                throw LivechatStoreError(.storage, "\(admission.user) is a member of \(admission.room) already")
            }
        }
        append(JoinDeed(.joined, room: admission.room, user: admission.user), at: admission.at)
    }

    /// Writes the events of what was changed (contract C15).
    mutating func record(_ deeds: JoinDeed...) { record(deeds) }

    /// Writes the events of what was changed (contract C15).
    mutating func record(_ deeds: [JoinDeed]) { for deed in deeds { append(deed, at: now, by: by) } }

    private mutating func append(_ deed: JoinDeed, at: LivechatTimestamp, by: JoinActor? = nil) {
        let sequence = eventLog.last + 1
        events.append(
            JoinEvent(
                sequence: sequence,
                kind: deed.kind,
                at: at,
                roomID: deed.room,
                userID: deed.user,
                details: deed.details,
                by: by?.name,
                log: eventLog.log
            )
        )
        eventLog = EventLogBounds(log: eventLog.log, removed: eventLog.removed, last: sequence)
    }

    /// Removes the oldest events.
    ///
    /// - Returns: How many were removed.
    mutating func pruneEvents(before cursor: JoinEvent.Cursor) throws(LivechatStoreError) -> Int {
        try eventLog.requirePrunable(before: cursor)
        let kept = events.filter { $0.sequence >= cursor.sequence }
        let count = events.count - kept.count
        guard count > 0 else { return 0 }
        events = kept
        eventLog = EventLogBounds(log: eventLog.log, removed: cursor.sequence - 1, last: eventLog.last)
        record(.eventsPruned(count, before: cursor.sequence))
        return count
    }

    func room(_ id: LivechatRoomID) -> LivechatRoom? {
        guard let place = rooms[id], place.kind == LivechatRoom.livechatKind else { return nil }
        return place.room(id)
    }
}

extension World.Place {
    func room(_ id: LivechatRoomID) -> LivechatRoom {
        LivechatRoom(
            id: id,
            isOpen: isOpen,
            servedBy: servedBy,
            departmentID: department,
            visitorToken: visitorToken,
            membersCount: members.count
        )
    }
}

// What must exist, and changes of it.
extension World {
    func require(_ user: LivechatUserID) throws(LivechatStoreError) {
        guard users[user] != nil else { throw .none("user", user) }
    }

    func require(_ role: LivechatRoleID) throws(LivechatStoreError) {
        guard roles[role] != nil else { throw .none("role", role) }
    }

    func require(_ permission: LivechatPermissionID) throws(LivechatStoreError) {
        guard grants[permission] != nil else { throw .none("permission", permission) }
    }

    func require(_ department: LivechatDepartmentID) throws(LivechatStoreError) {
        guard departments[department] != nil else { throw .none("department", department) }
    }

    mutating func change<Result>(
        _ id: LivechatUserID,
        _ body: (inout Person) throws(LivechatStoreError) -> Result
    ) throws(LivechatStoreError) -> Result {
        guard var person = users[id] else { throw .none("user", id) }
        let result = try body(&person)
        users[id] = person
        return result
    }

    mutating func change<Result>(
        _ id: LivechatRoomID,
        _ body: (inout Place) throws(LivechatStoreError) -> Result
    ) throws(LivechatStoreError) -> Result {
        guard var place = rooms[id] else { throw .none("room", id) }
        let result = try body(&place)
        rooms[id] = place
        return result
    }

    mutating func change<Result>(
        _ id: LivechatDepartmentID,
        _ body: (inout Group) throws(LivechatStoreError) -> Result
    ) throws(LivechatStoreError) -> Result {
        guard var group = departments[id] else { throw .none("department", id) }
        let result = try body(&group)
        departments[id] = group
        return result
    }
}
