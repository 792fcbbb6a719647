#if PostgreSQL
internal import LivechatFixture
internal import LivechatJoin

/// One change in a transaction: keys by id, statements, and the events that it leads to.
final class ChangeSession {
    private let session: Session
    /// When the change is made.
    let at: LivechatTimestamp
    /// Who makes it, if anybody was named.
    private let by: JoinActor?
    private var deeds: [JoinDeed] = []

    init(_ session: Session, at: LivechatTimestamp, by: JoinActor?) {
        self.session = session
        self.at = at
        self.by = by
    }

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
        let found = try rows("SELECT key FROM livechat_\(kind.word) WHERE id = $1", .text(id.string))
        guard found.count > 0, let key = found.integer(0, 0) else { throw LivechatStoreError.none("\(kind.word)", id) }
        return key
    }

    // MARK: Statements

    /// Runs one statement that reads.
    func rows(_ sql: String, _ values: Value...) throws(PostgreSQLError) -> Rows { try session.query(sql, values) }

    /// Runs one statement that reads a number.
    func count(_ sql: String, _ key: Int64) throws(PostgreSQLError) -> Int {
        Int(try session.query(sql, [.integer(key)]).integer(0, 0) ?? 0)
    }

    /// Adds an entity by its id, which is `$1`.
    ///
    /// - Throws: `LivechatStoreError` with the code `alreadyExists` when there is one already.
    func add(_ kind: String, _ id: LivechatID<some Any>, _ sql: String, _ values: Value...) throws {
        guard try session.query(sql, [.text(id.string)] + values).written > 0 else {
            throw LivechatStoreError.taken(kind, id)
        }
    }

    /// Runs one statement that writes.
    ///
    /// - Returns: Whether it changed a row.
    @discardableResult
    func change(_ sql: String, _ values: Value...) throws(PostgreSQLError) -> Bool {
        try session.query(sql, values).written > 0
    }

    /// Locks the row of settings before rows of users that a change reaches through other tables: a join locks them in
    /// this order.
    func lockSettings() throws(PostgreSQLError) {
        try session.query("SELECT FROM livechat_setting FOR NO KEY UPDATE")
    }

    // MARK: Events

    /// Takes note of the events of what was changed (contract C15).
    func record(_ deeds: JoinDeed...) { self.deeds += deeds }

    /// Takes note of the events of what was changed (contract C15).
    func record(_ deeds: [JoinDeed]) { self.deeds += deeds }

    /// Writes the events as the last thing of the transaction: until the commit nobody else can write one.
    func appendEvents() throws(PostgreSQLError) {
        if deeds.isEmpty { return }
        try session.query(
            "SELECT livechat_append($1, $2, $3, $4, $5, $6)",
            [
                .texts(deeds.map(\.kind.rawValue)), .integers(deeds.map { _ in at.milliseconds }),
                .texts(deeds.map { $0.room?.string }), .texts(deeds.map { $0.user?.string }),
                .texts(deeds.map { _ in by?.name }), .texts(deeds.map(\.detail)),
            ]
        )
    }
}
#endif
