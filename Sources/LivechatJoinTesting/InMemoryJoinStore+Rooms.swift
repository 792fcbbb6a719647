public import LivechatJoin

// Departments, rooms, inquiries and members (contract C6, C7).
extension InMemoryJoinStore {
    /// Adds a department.
    ///
    /// - Throws: ``InvalidWorld`` when there is such a department already, or no such user.
    public func addDepartment(
        _ id: String,
        isEnabled: Bool = true,
        agents: [String] = []
    ) throws(InvalidWorld) {
        let department = try LivechatDepartmentID(id, named: "department")
        try change { world throws(InvalidWorld) in
            guard world.departments[department] == nil else { throw .twice("department", department) }
            var group = World.Group(isEnabled: isEnabled, agents: [])
            for agent in agents { group.agents.insert(try Self.user(agent, in: world)) }
            world.departments[department] = group
        }
    }

    /// Enables or disables a department.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such department.
    public func setDepartment(_ id: String, isEnabled: Bool) throws(InvalidWorld) {
        try change { world throws(InvalidWorld) in
            world.departments[try Self.department(id, in: world)]?.isEnabled = isEnabled
        }
    }

    /// Gives a department other agents in place of those it has.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such department or no such user.
    public func setAgents(of department: String, to agents: [String]) throws(InvalidWorld) {
        try change { world throws(InvalidWorld) in
            let department = try Self.department(department, in: world)
            var users: Set<LivechatUserID> = []
            for agent in agents { users.insert(try Self.user(agent, in: world)) }
            world.departments[department]?.agents = users
        }
    }

    /// Adds a room.
    ///
    /// - Parameters:
    ///   - id: The room's id.
    ///   - kind: Its kind; every other than "l" is no livechat room.
    ///   - isOpen: Whether it is open.
    ///   - servedBy: The agent who serves it.
    ///   - department: The department it belongs to.
    ///   - visitorToken: The visitor's token.
    ///   - members: Its members, without roles in it.
    /// - Throws: ``InvalidWorld`` when there is such a room already, or no such user or department.
    public func addRoom(
        _ id: String,
        kind: String = LivechatRoom.livechatKind,
        isOpen: Bool = true,
        servedBy: String? = nil,
        department: String? = nil,
        visitorToken: String? = nil,
        members: [String] = []
    ) throws(InvalidWorld) {
        let room = try LivechatRoomID(id, named: "room")
        try change { world throws(InvalidWorld) in
            guard world.rooms[room] == nil else { throw .twice("room", room) }
            var place = World.Place(kind: kind, isOpen: isOpen)
            if let servedBy { place.servedBy = try Self.user(servedBy, in: world) }
            if let department { place.department = try Self.department(department, in: world) }
            place.visitorToken = visitorToken.map { LivechatVisitorToken($0) }
            for member in members { place.members[try Self.user(member, in: world)] = [] }
            world.rooms[room] = place
        }
    }

    /// Gives a room an inquiry in place of any that it has.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - status: The inquiry's status; only a queued one can be previewed.
    ///   - department: The department that it waits in; nil is the public queue.
    ///   - defaultAgent: The agent whom it is meant for.
    /// - Throws: ``InvalidWorld`` when there is no such room, user or department.
    public func setInquiry(
        of room: String,
        status: String = "queued",
        department: String? = nil,
        defaultAgent: String? = nil
    ) throws(InvalidWorld) {
        try changeRoom(room) { place, world throws(InvalidWorld) in
            var inquiry = World.Inquiry(status: status)
            if let department { inquiry.department = try Self.department(department, in: world) }
            if let defaultAgent { inquiry.defaultAgent = try Self.user(defaultAgent, in: world) }
            place.inquiry = inquiry
        }
    }

    /// Takes a room's inquiry away.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such room.
    public func removeInquiry(of room: String) throws(InvalidWorld) {
        try changeRoom(room) { place, _ in place.inquiry = nil }
    }

    /// Says who serves a room.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such room or user.
    public func setServedBy(_ user: String?, of room: String) throws(InvalidWorld) {
        try changeRoom(room) { place, world throws(InvalidWorld) in
            place.servedBy = nil
            if let user { place.servedBy = try Self.user(user, in: world) }
        }
    }

    /// Closes a room.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such room.
    public func closeRoom(_ room: String) throws(InvalidWorld) {
        try changeRoom(room) { place, _ in place.isOpen = false }
    }

    /// Opens a room again.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such room.
    public func reopenRoom(_ room: String) throws(InvalidWorld) {
        try changeRoom(room) { place, _ in place.isOpen = true }
    }

    /// Makes a user a member without a join, so without an event.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - room: The room.
    ///   - roles: The user's roles in this room, which count only in checks that name it (contract C5).
    /// - Throws: ``InvalidWorld`` when there is no such user, room or role.
    public func addMember(_ user: String, to room: String, roles: [String] = []) throws(InvalidWorld) {
        try changeRoom(room) { place, world throws(InvalidWorld) in
            place.members[try Self.user(user, in: world)] = try Self.roles(roles, in: world)
        }
    }

    /// Ends a membership.
    ///
    /// - Throws: ``InvalidWorld`` when there is no such user or room.
    public func removeMember(_ user: String, from room: String) throws(InvalidWorld) {
        try changeRoom(room) { place, world throws(InvalidWorld) in
            place.members[try Self.user(user, in: world)] = nil
        }
    }

    /// Sets whether agents may look into queued rooms: the routing setting `previewRoom` (contract C6).
    public func setPreviewsQueue(_ previewsQueue: Bool) {
        change { world in world.previewsQueue = previewsQueue }
    }

    private func changeRoom(
        _ id: String,
        _ body: (inout World.Place, World) throws(InvalidWorld) -> Void
    ) throws(InvalidWorld) {
        let room = try LivechatRoomID(id, named: "room")
        try change { world throws(InvalidWorld) in
            guard var place = world.rooms[room] else { throw .none("room", room) }
            try body(&place, world)
            world.rooms[room] = place
        }
    }

    private static func user(_ id: String, in world: World) throws(InvalidWorld) -> LivechatUserID {
        let user = try LivechatUserID(id, named: "user")
        guard world.users[user] != nil else { throw .none("user", user) }
        return user
    }

    private static func department(_ id: String, in world: World) throws(InvalidWorld) -> LivechatDepartmentID {
        let department = try LivechatDepartmentID(id, named: "department")
        guard world.departments[department] != nil else { throw .none("department", department) }
        return department
    }
}
