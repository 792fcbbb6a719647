internal import LivechatFixture
internal import LivechatJoin
internal import LivechatMigrations
internal import LivechatSQLite

extension DatabaseChecker {
    /// Compares the migrations that were applied with the program's, and our part of the schema with what they make.
    func schema(_ connection: borrowing Connection) throws -> DatabaseCheck {
        do {
            try Migrator(path: path).requireCurrent(connection)
        } catch let error as LivechatStoreError {
            return DatabaseCheck("schema", "not this program's", remedy: error.description)
        }
        let found = try Schema(connection.prepare(Schema.statement))
        let differences = try found.differences(from: Schema.expected())
        if differences.isEmpty {
            return DatabaseCheck("schema", "as this program makes it, version \(Migration.all.count)")
        }
        return DatabaseCheck(
            "schema",
            Self.list(differences),
            remedy:
                "undo what was changed by hand: `sqlite3 NEW .schema` shows the SQL of each, where NEW is a database that "
                + "`livechat-join migrate` has just made"
        )
    }
}
