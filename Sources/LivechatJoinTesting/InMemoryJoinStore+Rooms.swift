public import LivechatJoin

// Departments, rooms, inquiries and members (contract C6, C7).
extension InMemoryJoinStore {
    /// Adds a department.
    public func addDepartment(
        _ department: LivechatDepartmentID,
        isEnabled: Bool,
        agents: [LivechatUserID]
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            guard world.departments[department] == nil else { throw .taken("department", department) }
            world.departments[department] = World.Group(isEnabled: isEnabled)
            world.record(.departmentAdded(department, isEnabled: isEnabled))
            try world.add(agents, to: department)
        }
    }

    /// Opens a department's queue to its agents.
    public func enable(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try set(department, isEnabled: true)
    }

    /// Closes a department's queue to its agents.
    public func disable(_ department: LivechatDepartmentID) async throws(LivechatStoreError) {
        try set(department, isEnabled: false)
    }

    private func set(_ department: LivechatDepartmentID, isEnabled: Bool) throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            let wasEnabled = try world.change(department) { group in
                defer { group.isEnabled = isEnabled }
                return group.isEnabled
            }
            if wasEnabled != isEnabled { world.record(.departmentSet(department, isEnabled: isEnabled)) }
        }
    }

    /// Makes users agents of a department.
    public func addAgents(
        _ users: [LivechatUserID],
        to department: LivechatDepartmentID
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in try world.add(users, to: department) }
    }

    /// Takes users out of a department.
    public func removeAgents(
        _ users: [LivechatUserID],
        from department: LivechatDepartmentID
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.require(department)
            for user in users {
                try world.require(user)
                let removed = try world.change(department) { group in group.agents.remove(user) }
                if removed != nil { world.record(.agentRemoved(user, from: department)) }
            }
        }
    }

    /// Adds a room.
    public func addRoom(_ room: LivechatRoom, kind: String) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in try world.add(room, kind: kind) }
    }

    /// Adds a livechat room with its inquiry.
    public func addRoom(
        _ room: LivechatRoom,
        queuedIn department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            try world.add(room, kind: LivechatRoom.livechatKind)
            if let department { try world.require(department) }
            if let defaultAgent { try world.require(defaultAgent) }
            world.rooms[room.id]?.inquiry = World.Inquiry(department: department, defaultAgent: defaultAgent)
            world.record(.roomQueued(room.id, department: department, defaultAgent: defaultAgent))
        }
    }

    /// Sets the department that a room belongs to.
    public func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws(LivechatStoreError) {
        try set(room, \.department, to: department, .roomDepartmentSet(room, department)) {
            world throws(LivechatStoreError) in if let department { try world.require(department) }
        }
    }

    /// Opens a room.
    public func openRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try set(room, \.isOpen, to: true, .roomSet(room, isOpen: true))
    }

    /// Closes a room.
    public func closeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try set(room, \.isOpen, to: false, .roomSet(room, isOpen: false))
    }

    /// Makes a user the agent who serves a room.
    public func serve(_ room: LivechatRoomID, by user: LivechatUserID) async throws(LivechatStoreError) {
        try set(room, \.servedBy, to: user, .roomServed(room, by: user)) { world throws(LivechatStoreError) in
            try world.require(user)
        }
    }

    /// Leaves a room without an agent who serves it.
    public func unserve(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try set(room, \.servedBy, to: nil, .roomServed(room, by: nil))
    }

    /// Queues a room's inquiry.
    public func queue(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(LivechatStoreError) {
        let inquiry = World.Inquiry(department: department, defaultAgent: defaultAgent)
        let deed = JoinDeed.roomQueued(room, department: department, defaultAgent: defaultAgent)
        try set(room, \.inquiry, to: inquiry, deed) { world throws(LivechatStoreError) in
            if let department { try world.require(department) }
            if let defaultAgent { try world.require(defaultAgent) }
        }
    }

    /// Takes a room's inquiry away.
    public func dequeue(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try set(room, \.inquiry, to: nil, .roomDequeued(room))
    }

    /// Makes a user a member without a join.
    public func addMember(_ user: LivechatUserID, to room: LivechatRoomID) async throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            let now = world.now
            let isNew = try world.change(room) { place in
                if place.members[user] != nil { return false }
                place.members[user] = World.Member(joinedAt: now)
                return true
            }
            try world.require(user)
            if isNew { world.record(.memberAdded(user, to: room)) }
        }
    }

    /// Ends a membership.
    @discardableResult
    public func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws(LivechatStoreError) -> Bool {
        try change { world throws(LivechatStoreError) in
            let wasMember = try world.change(room) { place in place.members.removeValue(forKey: user) != nil }
            try world.require(user)
            if wasMember { world.record(.memberLeft(user, room)) }
            return wasMember
        }
    }

    /// Sets one thing of a room, where it is another one.
    private func set<Value: Equatable & Sendable>(
        _ room: LivechatRoomID,
        _ path: WritableKeyPath<World.Place, Value>,
        to value: Value,
        _ deed: JoinDeed,
        requiring require: (World) throws(LivechatStoreError) -> Void = { _ in }
    ) throws(LivechatStoreError) {
        try change { world throws(LivechatStoreError) in
            let found = try world.change(room) { place in
                defer { place[keyPath: path] = value }
                return place[keyPath: path]
            }
            try require(world)
            if found != value { world.record(deed) }
        }
    }

    /// Sets whether agents may look into queued rooms.
    public func setPreviewRoom(_ isOn: Bool) async throws(LivechatStoreError) {
        change { world in
            if world.previewRoom == isOn { return }
            world.previewRoom = isOn
            world.record(.previewRoomSet(isOn))
        }
    }
}

extension World {
    fileprivate mutating func add(_ room: LivechatRoom, kind: String) throws(LivechatStoreError) {
        if let user = room.servedBy { try require(user) }
        if let department = room.departmentID { try require(department) }
        guard rooms[room.id] == nil else { throw .taken("room", room.id) }
        rooms[room.id] = Place(
            kind: kind,
            isOpen: room.isOpen,
            servedBy: room.servedBy,
            department: room.departmentID,
            visitorToken: room.visitorToken
        )
        record(JoinDeed.added(room, kind: kind))
    }

    fileprivate mutating func add(
        _ users: [LivechatUserID],
        to department: LivechatDepartmentID
    ) throws(LivechatStoreError) {
        try require(department)
        for user in users {
            try require(user)
            let isNew = try change(department) { group in group.agents.insert(user).inserted }
            if isNew { record(.agentAdded(user, to: department)) }
        }
    }
}
