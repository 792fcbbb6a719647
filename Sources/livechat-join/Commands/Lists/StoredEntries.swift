#if CommandLine
import LivechatJoin

/// An entity that `list` and `show` print.
protocol StoredEntry: ListEntry where ID == LivechatID<Entity> {
    associatedtype Entity
    /// What one is called.
    static var noun: String { get }
    /// Reads a page.
    static func page(_ page: LivechatPage<ID>, in store: some JoinLookups) async throws -> [Self]
    /// All of it for people: names and values.
    var details: KeyValuePairs<String, String> { get }
}

extension LivechatStoredUser: StoredEntry {
    typealias Entity = LivechatUser
    static let noun = "user"
    static let header = ["ID", "ACTIVE", "USERNAME", "ROLES"]

    static func page(_ page: LivechatPage<LivechatUserID>, in store: some JoinLookups) async throws -> [Self] {
        try await store.users(page)
    }

    var columns: [String] {
        [Cell.id(id), Cell.answer(user.isActive), Cell.text(user.username), Cell.ids(roles)]
    }

    private var sortedRoomRoles: [(room: LivechatRoomID, roles: [LivechatRoleID])] {
        roomRoles.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var details: KeyValuePairs<String, String> {
        let rooms = sortedRoomRoles.map { "\(Cell.ids($0.roles)) in \(Cell.id($0.room))" }.joined(separator: "; ")
        return [
            "id": Cell.id(id), "username": Cell.text(user.username), "active": Cell.answer(user.isActive),
            "roles": Cell.ids(roles), "room roles": rooms.isEmpty ? "-" : rooms, "departments": Cell.ids(departments),
            "tokens": "\(tokensCount)",
        ]
    }

    var json: String {
        let rooms = sortedRoomRoles.map {
            JSONObject.text(["roomId": JSONObject.id($0.room), "roles": JSONObject.ids($0.roles)])
        }
        return JSONObject.text([
            "id": JSONObject.id(id), "username": JSONObject.string(user.username), "active": "\(user.isActive)",
            "roles": JSONObject.ids(roles), "roomRoles": "[\(rooms.joined(separator: ","))]",
            "departments": JSONObject.ids(departments), "tokensCount": "\(tokensCount)",
        ])
    }
}

extension LivechatStoredRole: StoredEntry {
    typealias Entity = LivechatRole
    static let noun = "role"
    static let header = ["ID", "SCOPE", "PERMISSIONS", "RESTRICTED TO", "DESCRIPTION"]

    static func page(_ page: LivechatPage<LivechatRoleID>, in store: some JoinLookups) async throws -> [Self] {
        try await store.roles(page)
    }

    private var restrictedTo: [LivechatPermissionID] { role.restrictedTo.sorted() }

    var columns: [String] {
        [
            Cell.id(id), role.scope.rawValue, "\(permissions.count)",
            restrictedTo.isEmpty ? "-" : "\(restrictedTo.count)", Cell.text(role.description),
        ]
    }

    var details: KeyValuePairs<String, String> {
        [
            "id": Cell.id(id), "scope": role.scope.rawValue, "description": Cell.text(role.description),
            "restricted to": Cell.ids(restrictedTo), "permissions": Cell.ids(permissions),
        ]
    }

    var json: String {
        JSONObject.text([
            "id": JSONObject.id(id), "scope": JSONObject.string(role.scope.rawValue),
            "description": JSONObject.string(role.description),
            "restrictedTo": restrictedTo.isEmpty ? "null" : JSONObject.ids(restrictedTo),
            "permissions": JSONObject.ids(permissions),
        ])
    }
}

extension LivechatStoredPermission: StoredEntry {
    typealias Entity = LivechatPermission
    static let noun = "permission"
    static let header = ["ID", "ROLES"]

    static func page(_ page: LivechatPage<LivechatPermissionID>, in store: some JoinLookups) async throws -> [Self] {
        try await store.permissions(page)
    }

    var columns: [String] { [Cell.id(id), Cell.ids(roles)] }

    var details: KeyValuePairs<String, String> {
        ["id": Cell.id(id), "roles": Cell.ids(roles), "restricted to it": Cell.ids(restrictedRoles)]
    }

    var json: String {
        JSONObject.text([
            "id": JSONObject.id(id), "roles": JSONObject.ids(roles),
            "restrictedRoles": JSONObject.ids(restrictedRoles),
        ])
    }
}

extension LivechatStoredDepartment: StoredEntry {
    typealias Entity = LivechatDepartment
    static let noun = "department"
    static let header = ["ID", "ENABLED", "AGENTS"]

    static func page(_ page: LivechatPage<LivechatDepartmentID>, in store: some JoinLookups) async throws -> [Self] {
        try await store.departments(page)
    }

    var columns: [String] { [Cell.id(id), Cell.answer(isEnabled), "\(agents.count)"] }

    var details: KeyValuePairs<String, String> {
        ["id": Cell.id(id), "enabled": Cell.answer(isEnabled), "agents": Cell.ids(agents)]
    }

    var json: String {
        JSONObject.text(["id": JSONObject.id(id), "enabled": "\(isEnabled)", "agents": JSONObject.ids(agents)])
    }
}

extension LivechatStoredRoom: StoredEntry {
    typealias Entity = LivechatRoomEntity
    static let noun = "room"
    static let header = ["ID", "KIND", "OPEN", "SERVED BY", "DEPARTMENT", "INQUIRY", "MEMBERS"]

    static func page(_ page: LivechatPage<LivechatRoomID>, in store: some JoinLookups) async throws -> [Self] {
        try await store.rooms(page)
    }

    /// The inquiry in words, such as "queued in sales for ann".
    private var waits: String {
        guard let inquiry else { return "-" }
        return Cell.text(inquiry.status) + (inquiry.departmentID.map { " in \(Cell.id($0))" } ?? "")
            + (inquiry.defaultAgent.map { " for \(Cell.id($0))" } ?? "")
    }

    var columns: [String] {
        [
            Cell.id(id), Cell.text(kind), Cell.answer(room.isOpen), Cell.id(room.servedBy),
            Cell.id(room.departmentID), waits, "\(room.membersCount)",
        ]
    }

    var details: KeyValuePairs<String, String> {
        [
            "id": Cell.id(id), "kind": Cell.text(kind), "open": Cell.answer(room.isOpen),
            "served by": Cell.id(room.servedBy), "department": Cell.id(room.departmentID), "inquiry": waits,
            "members": "\(room.membersCount)",
        ]
    }

    /// Without the visitor's token, which is the visitor's key to the conversation.
    var json: String {
        let inquiry = inquiry.map { inquiry in
            JSONObject.text([
                "status": JSONObject.string(inquiry.status), "departmentId": JSONObject.id(inquiry.departmentID),
                "defaultAgent": JSONObject.id(inquiry.defaultAgent),
            ])
        }
        return JSONObject.text([
            "id": JSONObject.id(id), "kind": JSONObject.string(kind), "open": "\(room.isOpen)",
            "servedBy": JSONObject.id(room.servedBy), "departmentId": JSONObject.id(room.departmentID),
            "inquiry": inquiry ?? "null", "membersCount": "\(room.membersCount)",
        ])
    }
}
#endif
