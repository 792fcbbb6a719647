internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// The keys of the entities that a document names.
final class FixtureReferences {
    /// The keys of one kind.
    private final class Keys {
        let find: Statement
        let insertion: Statement
        /// Those that were referred to and have not been named yet, with their ids.
        var promised: [Int64: String] = [:]

        init(_ connection: borrowing Connection, _ kind: FixtureKind) throws(SQLiteError) {
            find = try connection.prepare(["SELECT key FROM livechat_", kind.word, " WHERE id = ?1"])
            insertion = try connection.prepare(["INSERT INTO livechat_", kind.word, " (id) VALUES (?1)"])
        }
    }

    /// The time of the load.
    let now: LivechatTimestamp
    private let keys: [Keys]

    init(_ connection: borrowing Connection, now: LivechatTimestamp) throws(SQLiteError) {
        var keys: [Keys] = []
        for kind in FixtureKind.allCases { keys.append(try Keys(connection, kind)) }
        self.keys = keys
        self.now = now
    }

    /// The key of an entity that the database has; nil when it has none.
    func key(of kind: FixtureKind, _ id: String) throws(SQLiteError) -> Int64? {
        let find = keys[kind.rawValue]
        try find.find.bind(1, id)
        return try find.find.first { row in row.integer(0) }
    }

    /// The key of an entity that is referred to.
    ///
    /// One that the document names later gets its row now.
    func reference(to kind: FixtureKind, _ id: String) throws(SQLiteError) -> Int64 {
        if let key = try key(of: kind, id) { return key }
        let keys = keys[kind.rawValue]
        try keys.insertion.bind(1, id)
        guard let key = try keys.insertion.insert() else { throw SQLiteError.ignoredInsert }
        keys.promised[key] = id
        return key
    }

    /// Notes that the document names an entity.
    ///
    /// - Returns: Whether it got its row from a reference.
    func name(_ kind: FixtureKind, _ key: Int64) -> Bool {
        keys[kind.rawValue].promised.removeValue(forKey: key) != nil
    }

    /// Refuses references to what the document has not named, and the database had when the document was checked.
    func requireNamed() throws(FixtureError) {
        for kind in FixtureKind.allCases {
            guard let id = keys[kind.rawValue].promised.values.first else { continue }
            throw FixtureError(
                FixturePlace(),
                "no \(kind.word) \(FixtureError.quoted(id)) any more: it was removed meanwhile, load again"
            )
        }
    }
}
