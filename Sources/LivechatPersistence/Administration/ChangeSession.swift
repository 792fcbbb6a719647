internal import LivechatJoin
internal import LivechatSQLite

/// One change in the writer's transaction: keys by id, statements that are kept, and the events that it leads to.
struct ChangeSession {
    let writer: WriterSession
    /// When the change is made.
    let at: LivechatTimestamp
    /// Who makes it, if anybody was named.
    let by: JoinActor?

    // MARK: Keys

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
        let key = try writer.kept(["SELECT key FROM livechat_", kind.word, " WHERE id = ?1"]).use { statement in
            try statement.bind(1, id.string)
            return try statement.first { row in row.integer(0) }
        }
        guard let key else { throw LivechatStoreError.none("\(kind.word)", id) }
        return key
    }

    // MARK: Statements

    /// Runs one statement that reads a number.
    ///
    /// - Returns: The number; 0 where there is no row.
    func count(_ sql: StaticString, _ keys: Int64?...) throws -> Int {
        try writer.kept([sql]).use { statement in
            for (index, key) in keys.enumerated() { try statement.bind(Int32(index + 1), key) }
            return try statement.first { row in Int(row.integer(0)) } ?? 0
        }
    }

    /// Adds an entity by its id.
    ///
    /// - Throws: `LivechatStoreError` with the code `alreadyExists` when there is one already.
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
        guard isNew else { throw LivechatStoreError.taken(kind, id) }
    }

    /// Runs one statement that writes.
    ///
    /// - Returns: Whether it changed a row.
    @discardableResult
    func change(_ sql: StaticString, _ bind: (borrowing Statement) throws -> Void) throws -> Bool {
        try writer.kept([sql]).use { statement in
            try bind(statement)
            return try statement.runAndCount() > 0
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

    // MARK: Events

    /// Writes the events of what was changed (contract C15).
    func record(_ deeds: JoinDeed...) throws { for deed in deeds { try append(deed) } }

    /// Writes the events of what was changed (contract C15).
    func record(_ deeds: [JoinDeed]) throws { for deed in deeds { try append(deed) } }

    private func append(_ deed: JoinDeed) throws {
        let isWritten = try change(WriterSession.SQL.appendDeed) { statement in
            try statement.bind(1, deed.kind.rawValue)
            try statement.bind(2, at.milliseconds)
            try statement.bind(3, deed.room?.string)
            try statement.bind(4, deed.user?.string)
            try statement.bind(5, by?.name)
            try statement.bind(6, deed.detail)
        }
        if !isWritten { throw SQLiteError.ignoredInsert }
    }
}
