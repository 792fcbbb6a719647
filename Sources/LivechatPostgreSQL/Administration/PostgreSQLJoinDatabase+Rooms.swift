#if PostgreSQL
public import LivechatJoin

extension PostgreSQLJoinDatabase {
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

    /// Removes a room.
    public func removeRoom(_ room: LivechatRoomID) async throws(LivechatStoreError) {
        try await change { session in
            if try session.change("DELETE FROM livechat_room WHERE key = $1", .integer(session.room(room))) {
                session.record(.roomRemoved(room))
            }
        }
    }

    /// Sets the department that a room belongs to.
    public func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws(LivechatStoreError) {
        try await change { session in
            let isChanged = try session.change(
                "UPDATE livechat_room SET department = $2 WHERE key = $1 AND department IS DISTINCT FROM $2",
                .integer(session.room(room)),
                .integer(department.map(session.department))
            )
            if isChanged { session.record(.roomDepartmentSet(room, department)) }
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
                "UPDATE livechat_room SET open = $2 WHERE key = $1 AND open <> $2",
                .integer(session.room(room)),
                .flag(isOpen)
            )
            if isChanged { session.record(.roomSet(room, isOpen: isOpen)) }
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
                "UPDATE livechat_room SET served_by = $2 WHERE key = $1 AND served_by IS DISTINCT FROM $2",
                .integer(session.room(room)),
                .integer(user.map(session.user))
            )
            if isChanged { session.record(.roomServed(room, by: user)) }
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
            let isRemoved = try session.change(
                "DELETE FROM livechat_inquiry WHERE room = $1",
                .integer(session.room(room))
            )
            if isRemoved { session.record(.roomDequeued(room)) }
        }
    }

    /// Makes a user a member without a join.
    public func addMember(_ user: LivechatUserID, to room: LivechatRoomID) async throws(LivechatStoreError) {
        try await change { session in
            let isNew = try session.change(
                #"INSERT INTO livechat_membership (room, "user", joined_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"#,
                .integer(session.room(room)),
                .integer(session.user(user)),
                .integer(session.at.milliseconds)
            )
            if isNew { session.record(.memberAdded(user, to: room)) }
        }
    }

    /// Ends a membership.
    @discardableResult
    public func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws(LivechatStoreError) -> Bool {
        try await change { session in
            let wasMember = try session.change(
                #"DELETE FROM livechat_membership WHERE room = $1 AND "user" = $2"#,
                .integer(session.room(room)),
                .integer(session.user(user))
            )
            if wasMember { session.record(.memberLeft(user, room)) }
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
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            .flag(room.isOpen),
            .integer(servedBy),
            .integer(department),
            .text(room.visitorToken?.value),
            .text(kind)
        )
        record(JoinDeed.added(room, kind: kind))
    }

    fileprivate func queue(
        _ room: LivechatRoomID,
        _ department: LivechatDepartmentID?,
        _ defaultAgent: LivechatUserID?
    ) throws {
        let isChanged = try change(
            """
            INSERT INTO livechat_inquiry AS inquiry (room, status, department, default_agent)
            VALUES ($1, 'queued', $2, $3)
            ON CONFLICT (room) DO UPDATE SET status = 'queued', department = $2, default_agent = $3
            WHERE (inquiry.status, inquiry.department, inquiry.default_agent) IS DISTINCT FROM ('queued', $2, $3)
            """,
            .integer(self.room(room)),
            .integer(department.map(self.department)),
            .integer(defaultAgent.map(user))
        )
        if isChanged { record(.roomQueued(room, department: department, defaultAgent: defaultAgent)) }
    }
}
#endif
