internal import LivechatJoin
internal import LivechatSQLite

/// What the administration calls share: keys by id, and statements that are not on the path of a join.
extension WriterSession {
    /// The key of a user who must exist.
    func user(_ id: LivechatUserID) throws -> Int64 { try key(of: .user, id) }

    /// The key of a room that must exist, of whatever kind.
    func room(_ id: LivechatRoomID) throws -> Int64 { try key(of: .room, id) }

    /// The key of a role that must exist.
    func role(_ id: LivechatRoleID) throws -> Int64 { try key(of: .role, id) }

    /// The key of a permission that must exist.
    func permission(_ id: LivechatPermissionID) throws -> Int64 { try key(of: .permission, id) }

    /// The key of a department that must exist.
    func department(_ id: LivechatDepartmentID) throws -> Int64 { try key(of: .department, id) }

    private func key(of kind: FixtureKind, _ id: LivechatID<some Any>) throws -> Int64 {
        let statement = try connection.prepare(["SELECT key FROM livechat_", kind.word, " WHERE id = ?1"])
        try statement.bind(1, id.string)
        guard let key = try statement.first({ row in row.integer(0) }) else {
            throw DatabaseError.none("\(kind.word)", id)
        }
        return key
    }

    /// Whether a user is a member of a room.
    func isMember(_ user: Int64, of room: Int64) throws -> Bool {
        let statement = try connection.prepare("SELECT 1 FROM livechat_membership WHERE room = ?1 AND user = ?2")
        try statement.bind(1, room)
        try statement.bind(2, user)
        return try statement.hasRow()
    }

    /// Adds an entity by its id.
    ///
    /// - Throws: `DatabaseError` with the code `alreadyExists` when there is one already.
    func add<Entity>(
        _ kind: String,
        _ id: LivechatID<Entity>,
        _ sql: StaticString,
        _ bind: (borrowing Statement) throws -> Void = { _ in }
    ) throws {
        let isNew = try change(sql) { statement in
            try statement.bind(1, id.string)
            try bind(statement)
        }
        guard isNew else { throw DatabaseError.taken(kind, id) }
    }

    /// Runs one statement that writes.
    ///
    /// - Returns: Whether it changed a row.
    @discardableResult
    func change(_ sql: StaticString, _ bind: (borrowing Statement) throws -> Void) throws -> Bool {
        let statement = try connection.prepare(sql)
        try bind(statement)
        try statement.run()
        return connection.changes > 0
    }

    /// Runs one statement that writes a text to the row of a key.
    func change(_ sql: StaticString, _ key: Int64, text: String?) throws {
        try change(sql) { statement in
            try statement.bind(1, key)
            try statement.bind(2, text)
        }
    }

    /// Runs one statement that writes by keys.
    ///
    /// - Returns: Whether it changed a row.
    @discardableResult
    func change(_ sql: StaticString, _ keys: Int64?...) throws -> Bool {
        try change(sql) { statement in
            for (index, key) in keys.enumerated() { try statement.bind(Int32(index + 1), key) }
        }
    }
}
