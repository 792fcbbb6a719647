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

    struct Inquiry: Sendable {
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
    var previewsQueue = false
    var loginExpirationDays: Double?
    var events: [JoinEvent] = []
    /// Nothing is ever removed from the log, and it is always the same one.
    var eventLog: EventLogBounds { EventLogBounds(log: "memory", removed: 0, last: Int64(events.count)) }

    /// Writes a membership and its event (contract C7).
    mutating func write(_ admission: JoinAdmission) throws(DatabaseError) {
        try require(admission.user)
        try change(admission.room) { place throws(DatabaseError) in
            guard place.members.updateValue(Member(joinedAt: admission.at), forKey: admission.user) == nil else {
                throw DatabaseError(.storage, "\(admission.user) is a member of \(admission.room) already")
            }
        }
        events.append(
            JoinEvent(
                sequence: Int64(events.count + 1),
                kind: .joined,
                at: admission.at,
                roomID: admission.room,
                userID: admission.user,
                log: eventLog.log
            )
        )
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
    func require(_ user: LivechatUserID) throws(DatabaseError) {
        guard users[user] != nil else { throw .none("user", user) }
    }

    func require(_ role: LivechatRoleID) throws(DatabaseError) {
        guard roles[role] != nil else { throw .none("role", role) }
    }

    func require(_ permission: LivechatPermissionID) throws(DatabaseError) {
        guard grants[permission] != nil else { throw .none("permission", permission) }
    }

    func require(_ department: LivechatDepartmentID) throws(DatabaseError) {
        guard departments[department] != nil else { throw .none("department", department) }
    }

    mutating func change<Result>(
        _ id: LivechatUserID,
        _ body: (inout Person) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        guard var person = users[id] else { throw .none("user", id) }
        let result = try body(&person)
        users[id] = person
        return result
    }

    mutating func change<Result>(
        _ id: LivechatRoomID,
        _ body: (inout Place) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        guard var place = rooms[id] else { throw .none("room", id) }
        let result = try body(&place)
        rooms[id] = place
        return result
    }

    mutating func change(_ id: LivechatDepartmentID, _ body: (inout Group) -> Void) throws(DatabaseError) {
        guard var group = departments[id] else { throw .none("department", id) }
        body(&group)
        departments[id] = group
    }
}
