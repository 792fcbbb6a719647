internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// The keys of the entities that a document names.
final class FixtureReferences {
    /// The keys of one kind.
    private final class Keys {
        let find: Statement
        /// The highest key before the load. What the load has made has a higher one, so it need not be remembered: the
        /// second time it is not new.
        let highest: Int64
        var older: Set<Int64> = []

        init(_ connection: borrowing Connection, _ kind: FixtureKind) throws(SQLiteError) {
            find = try connection.prepare(["SELECT key FROM livechat_", kind.word, " WHERE id = ?1"])
            highest = try connection.integer("SELECT max(key) FROM livechat_\(kind.word)") ?? .min
        }
    }

    /// The time of the load.
    let now: LivechatTimestamp
    /// Whether something refers to what follows later.
    private(set) var leadAhead = false
    /// Whether the document is read for the second time.
    var isSecondReading = false
    private let keys: [Keys]

    init(_ connection: borrowing Connection, now: LivechatTimestamp) throws(SQLiteError) {
        var keys: [Keys] = []
        for kind in FixtureKind.allCases { keys.append(try Keys(connection, kind)) }
        self.keys = keys
        self.now = now
    }

    /// Whether references wait for the second reading.
    var areLeft: Bool { leadAhead && !isSecondReading }

    /// The key of an entity that the database has; nil when it has none.
    func key(of kind: FixtureKind, _ id: String) throws(SQLiteError) -> Int64? {
        let find = keys[kind.rawValue]
        try find.find.bind(1, id)
        return try find.find.first { row in row.integer(0) }
    }

    /// The key of an entity that is referred to; nil when the reference waits for the second reading.
    func key(of kind: FixtureKind, _ id: String, _ place: () -> FixturePlace) throws -> Int64? {
        if areLeft { return nil }
        if let key = try key(of: kind, id) { return key }
        if isSecondReading { throw FixtureError(place(), "no \(kind.word) \(FixtureError.quoted(id))") }
        leadAhead = true
        return nil
    }

    /// Whether the document has named an entity for the first time.
    func isFirst(_ kind: FixtureKind, _ key: Int64, isNew: Bool) -> Bool {
        let keys = keys[kind.rawValue]
        return key > keys.highest ? isNew : keys.older.insert(key).inserted
    }
}
