public import LivechatJoin

// Departments, rooms, inquiries and members (contract C6, C7).
extension InMemoryJoinStore {
    /// Adds a department.
    public func addDepartment(
        _ department: LivechatDepartmentID,
        isEnabled: Bool,
        agents: [LivechatUserID]
    ) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            guard world.departments[department] == nil else { throw .taken("department", department) }
            for agent in agents { try world.require(agent) }
            world.departments[department] = World.Group(isEnabled: isEnabled, agents: Set(agents))
        }
    }

    /// Opens a department's queue to its agents.
    public func enable(_ department: LivechatDepartmentID) async throws(DatabaseError) {
        try set(department) { $0.isEnabled = true }
    }

    /// Closes a department's queue to its agents.
    public func disable(_ department: LivechatDepartmentID) async throws(DatabaseError) {
        try set(department) { $0.isEnabled = false }
    }

    /// Makes users agents of a department.
    public func addAgents(
        _ users: [LivechatUserID],
        to department: LivechatDepartmentID
    ) async throws(DatabaseError) {
        try set(department, naming: users) { $0.agents.formUnion(users) }
    }

    /// Takes users out of a department.
    public func removeAgents(
        _ users: [LivechatUserID],
        from department: LivechatDepartmentID
    ) async throws(DatabaseError) {
        try set(department, naming: users) { $0.agents.subtract(users) }
    }

    private func set(
        _ department: LivechatDepartmentID,
        naming users: [LivechatUserID] = [],
        _ body: (inout World.Group) -> Void
    ) throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            try world.change(department, body)
            for user in users { try world.require(user) }
        }
    }

    /// Adds a room.
    public func addRoom(_ room: LivechatRoom, kind: String) async throws(DatabaseError) {
        try change { world throws(DatabaseError) in
            if let user = room.servedBy { try world.require(user) }
            if let department = room.departmentID { try world.require(department) }
            guard world.rooms[room.id] == nil else { throw .taken("room", room.id) }
            world.rooms[room.id] = World.Place(
                kind: kind,
                isOpen: room.isOpen,
                servedBy: room.servedBy,
                department: room.departmentID,
                visitorToken: room.visitorToken
            )
        }
    }

    /// Sets the department that a room belongs to.
    public func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws(DatabaseError) {
        try set(room, department: department) { $0.department = department }
    }

    /// Opens a room.
    public func openRoom(_ room: LivechatRoomID) async throws(DatabaseError) { try set(room) { $0.isOpen = true } }

    /// Closes a room.
    public func closeRoom(_ room: LivechatRoomID) async throws(DatabaseError) { try set(room) { $0.isOpen = false } }

    /// Makes a user the agent who serves a room.
    public func serve(_ room: LivechatRoomID, by user: LivechatUserID) async throws(DatabaseError) {
        try set(room, user: user) { $0.servedBy = user }
    }

    /// Leaves a room without an agent who serves it.
    public func unserve(_ room: LivechatRoomID) async throws(DatabaseError) { try set(room) { $0.servedBy = nil } }

    /// Queues a room's inquiry.
    public func queue(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(DatabaseError) {
        try set(room, department: department, user: defaultAgent) {
            $0.inquiry = World.Inquiry(department: department, defaultAgent: defaultAgent)
        }
    }

    /// Takes a room's inquiry away.
    public func dequeue(_ room: LivechatRoomID) async throws(DatabaseError) { try set(room) { $0.inquiry = nil } }

    /// Makes a user a member without a join.
    public func addMember(_ user: LivechatUserID, to room: LivechatRoomID) async throws(DatabaseError) {
        let now = clock.now
        try set(room, user: user) { place in
            if place.members[user] == nil { place.members[user] = World.Member(joinedAt: now) }
        }
    }

    /// Ends a membership.
    @discardableResult
    public func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws(DatabaseError) -> Bool {
        try set(room, user: user) { $0.members.removeValue(forKey: user) != nil }
    }

    private func set<Result: Sendable>(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID? = nil,
        user: LivechatUserID? = nil,
        _ body: (inout World.Place) -> Result
    ) throws(DatabaseError) -> Result {
        try change { world throws(DatabaseError) in
            let result = try world.change(room, body)
            if let department { try world.require(department) }
            if let user { try world.require(user) }
            return result
        }
    }

    /// Sets whether agents may look into queued rooms.
    public func setPreviewRoom(_ isOn: Bool) async throws(DatabaseError) {
        change { world in world.previewsQueue = isOn }
    }
}
