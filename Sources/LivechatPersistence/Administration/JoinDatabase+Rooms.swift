public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a room.
    public func addRoom(_ room: LivechatRoom, kind: String) async throws(LivechatStoreError) {
        try await change { session in try session.add(room, kind: kind) }
    }

    /// Adds a livechat room with its inquiry.
    public func addRoom(
        _ room: LivechatRoom,
        queuedIn department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(LivechatStoreError) {
        try await change { session in
            try session.add(room, kind: LivechatRoom.livechatKind)
            try session.queue(room.id, department, defaultAgent)
        }
    }

    /// Sets the department that a room belongs to.
    public func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_room SET department = ?2 WHERE key = ?1 AND department IS NOT ?2",
                session.room(room),
                department.map(session.department)
            )
            if isChanged { try session.record(.roomDepartmentSet(room, department)) }
        }
    }

    /// Opens a room.
    public func openRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) { try await set(room, isOpen: true) }

    /// Closes a room.
    public func closeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try await set(room, isOpen: false)
    }

    private func set(_ room: LivechatRoomID, isOpen: Bool) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_room SET open = ?2 WHERE key = ?1 AND open <> ?2",
                session.room(room),
                isOpen ? 1 : 0
            )
            if isChanged { try session.record(.roomSet(room, isOpen: isOpen)) }
        }
    }

    /// Makes a user the agent who serves a room.
    public func serve(_ room: LivechatRoomID, by user: LivechatUserID) async throws(LivechatStoreError) {
        try await set(room, servedBy: user)
    }

    /// Leaves a room without an agent who serves it.
    public func unserve(_ room: LivechatRoomID) async throws(LivechatStoreError) { try await set(room, servedBy: nil) }

    private func set(_ room: LivechatRoomID, servedBy user: LivechatUserID?) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_room SET served_by = ?2 WHERE key = ?1 AND served_by IS NOT ?2",
                session.room(room),
                user.map(session.user)
            )
            if isChanged { try session.record(.roomServed(room, by: user)) }
        }
    }

    /// Queues a room's inquiry.
    public func queue(
        _ room: LivechatRoomID,
        department: LivechatDepartmentID?,
        defaultAgent: LivechatUserID?
    ) async throws(LivechatStoreError) {
        try await change { session in try session.queue(room, department, defaultAgent) }
    }

    /// Takes a room's inquiry away.
    public func dequeue(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try await change { session in
            let isRemoved = try session.change("DELETE FROM livechat_inquiry WHERE room = ?1", session.room(room))
            if isRemoved { try session.record(.roomDequeued(room)) }
        }
    }

    /// Makes a user a member without a join.
    public func addMember(_ user: LivechatUserID, to room: LivechatRoomID) async throws(LivechatStoreError) {
        try await change { session in
            let isNew = try session.change(
                "INSERT INTO livechat_membership (room, user, joined_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                session.room(room),
                session.user(user),
                session.at.milliseconds
            )
            if isNew { try session.record(.memberAdded(user, to: room)) }
        }
    }

    /// Ends a membership.
    @discardableResult
    public func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws(LivechatStoreError) -> Bool {
        try await change { session in
            let wasMember = try session.change(
                "DELETE FROM livechat_membership WHERE room = ?1 AND user = ?2",
                session.room(room),
                session.user(user)
            )
            if wasMember { try session.record(.memberLeft(user, room)) }
            return wasMember
        }
    }
}

extension ChangeSession {
    fileprivate func add(_ room: LivechatRoom, kind: String) throws {
        let servedBy = try room.servedBy.map(user)
        let department = try room.departmentID.map(department)
        try add(
            "room",
            room.id,
            """
            INSERT INTO livechat_room (id, open, served_by, department, visitor_token, kind)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """
        ) {
            try $0.bind(2, room.isOpen)
            try $0.bind(3, servedBy)
            try $0.bind(4, department)
            try $0.bind(5, room.visitorToken?.value)
            try $0.bind(6, kind)
        }
        try record(JoinDeed.added(room, kind: kind))
    }

    fileprivate func queue(
        _ room: LivechatRoomID,
        _ department: LivechatDepartmentID?,
        _ defaultAgent: LivechatUserID?
    ) throws {
        let isChanged = try change(
            """
            INSERT INTO livechat_inquiry (room, status, department, default_agent) VALUES (?1, 'queued', ?2, ?3)
            ON CONFLICT (room) DO UPDATE SET status = 'queued', department = ?2, default_agent = ?3
            WHERE status IS NOT 'queued' OR department IS NOT ?2 OR default_agent IS NOT ?3
            """,
            self.room(room),
            department.map(self.department),
            defaultAgent.map(user)
        )
        if isChanged { try record(.roomQueued(room, department: department, defaultAgent: defaultAgent)) }
    }
}
