public import LivechatJoin
internal import LivechatSQLite

extension JoinDatabase {
    /// Adds a livechat room, without members and without an inquiry.
    ///
    /// - Parameter room: The room; its `membersCount` is not taken.
    /// - Throws: ``DatabaseError`` with the code `alreadyExists` when there is such a room, or `notFound` when there
    ///   is no such agent or department.
    public func addRoom(_ room: LivechatRoom) async throws {
        try await writer.write { session in
            let servedBy = try room.servedBy.map(session.user)
            let department = try room.departmentID.map(session.department)
            try session.add(
                "room",
                room.id,
                """
                INSERT INTO livechat_room (id, open, served_by, department, visitor_token)
                VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
                """
            ) {
                try $0.bind(2, room.isOpen)
                try $0.bind(3, servedBy)
                try $0.bind(4, department)
                try $0.bind(5, room.visitorToken?.value)
            }
        }
    }

    /// Opens or closes a room; nobody joins a closed room once this has returned.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room.
    public func setRoom(_ room: LivechatRoomID, isOpen: Bool) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_room SET open = ?2 WHERE key = ?1 AND open <> ?2",
                session.room(room),
                isOpen ? 1 : 0
            )
        }
    }

    /// Sets who serves a room.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - user: The agent; nil for nobody.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room or user.
    public func setRoom(_ room: LivechatRoomID, servedBy user: LivechatUserID?) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_room SET served_by = ?2 WHERE key = ?1 AND served_by IS NOT ?2",
                session.room(room),
                user.map(session.user)
            )
        }
    }

    /// Sets the department that a room belongs to.
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - department: The department; nil for none.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room or department.
    public func setRoom(_ room: LivechatRoomID, department: LivechatDepartmentID?) async throws {
        try await writer.write { session in
            try session.change(
                "UPDATE livechat_room SET department = ?2 WHERE key = ?1 AND department IS NOT ?2",
                session.room(room),
                department.map(session.department)
            )
        }
    }

    /// Queues a room's inquiry, in place of the inquiry that it has (contract C6).
    ///
    /// - Parameters:
    ///   - room: The room.
    ///   - department: The department in whose queue it waits; nil for the public queue.
    ///   - defaultAgent: The agent whom it is meant for first, if anybody.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room, department or user.
    public func queueInquiry(
        of room: LivechatRoomID,
        department: LivechatDepartmentID? = nil,
        defaultAgent: LivechatUserID? = nil
    ) async throws {
        try await writer.write { session in
            try session.change(
                """
                INSERT INTO livechat_inquiry (room, status, department, default_agent) VALUES (?1, 'queued', ?2, ?3)
                ON CONFLICT (room) DO UPDATE SET status = 'queued', department = ?2, default_agent = ?3
                WHERE status IS NOT 'queued' OR department IS NOT ?2 OR default_agent IS NOT ?3
                """,
                session.room(room),
                department.map(session.department),
                defaultAgent.map(session.user)
            )
        }
    }

    /// Sets the status of a room's inquiry, such as `taken`; only `queued` opens a preview.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room, or it has no inquiry.
    public func setInquiry(of room: LivechatRoomID, status: String) async throws {
        try await writer.write { session in
            let key = try session.room(room)
            guard try session.hasInquiry(key) else {
                throw DatabaseError(.notFound, "room \(DatabaseError.quoted(room)) has no inquiry")
            }
            try session.change("UPDATE livechat_inquiry SET status = ?2 WHERE room = ?1 AND status IS NOT ?2") {
                try $0.bind(1, key)
                try $0.bind(2, status)
            }
        }
    }

    /// Removes a room's inquiry; nothing happens when it has none.
    ///
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room.
    public func removeInquiry(of room: LivechatRoomID) async throws {
        try await writer.write { session in
            try session.change("DELETE FROM livechat_inquiry WHERE room = ?1", session.room(room))
        }
    }

    /// Ends a membership: it goes with its roles, and the room counts one member less.
    ///
    /// - Parameters:
    ///   - room: The room, open or closed.
    ///   - user: The member.
    /// - Returns: Whether the user was a member.
    /// - Throws: ``DatabaseError`` with the code `notFound` when there is no such room or user.
    @discardableResult
    public func leave(_ room: LivechatRoomID, _ user: LivechatUserID) async throws -> Bool {
        try await writer.write { session in
            let key = try session.room(room)
            return try session.change(
                "DELETE FROM livechat_membership WHERE room = ?1 AND user = ?2",
                key,
                session.user(user)
            )
        }
    }
}
