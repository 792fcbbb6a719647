internal import LivechatMigrations
internal import LivechatSQLite

extension DatabaseChecker {
    /// Compares the migrations that were applied with the program's, and the schema with what they make.
    func schema(_ connection: borrowing Connection) throws -> DatabaseCheck {
        do {
            try Migrator(path: path).requireCurrent(connection)
        } catch let error as DatabaseError {
            return DatabaseCheck("schema", "not this program's", remedy: error.description)
        }
        let made = try Connection.inMemory()
        _ = try Migrator(path: path).migrate(made)
        let expected = try Self.schema(of: made)
        let found = try Self.schema(of: connection)
        var differences: [String] = []
        for (name, sql) in expected where found[name] != sql {
            differences.append(found[name] == nil ? "no \(name)" : "another \(name)")
        }
        for name in found.keys where expected[name] == nil { differences.append("\(name), which no migration makes") }
        if differences.isEmpty {
            return DatabaseCheck("schema", "what the \(Migration.all.count) migrations make")
        }
        return DatabaseCheck(
            "schema",
            Self.list(differences.sorted()),
            remedy: "undo what was changed by hand, or `dump` it and `load` that into a new database"
        )
    }

    /// The SQL of everything in a schema, by kind and name; what `ANALYZE` keeps is anybody's to make, and the numbers of
    /// `AUTOINCREMENT`, which no table has any more, are gone once the file has been vacuumed.
    private static func schema(of connection: borrowing Connection) throws -> [String: String] {
        var sql: [String: String] = [:]
        let statement = try connection.prepare(
            """
            SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema
            WHERE name NOT LIKE 'sqlite_stat%' AND name <> 'sqlite_sequence'
            """
        )
        try statement.eachRow { row in sql[row.text(0)] = row.text(1) }
        return sql
    }
}
