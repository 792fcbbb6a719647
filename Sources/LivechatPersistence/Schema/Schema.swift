internal import LivechatMigrations
internal import LivechatSQLite

/// Our tables, indexes and triggers, each with its SQL by kind and name, such as `table livechat_user`.
///
/// What has another name than ours is the host's and is not looked at (contract C17).
struct Schema: Sendable {
    private let objects: [String: String]

    /// The statement that reads them.
    static let statement: StaticString = """
        SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name GLOB 'livechat_*'
        """

    /// Reads what a database has.
    init(_ statement: borrowing Statement) throws(SQLiteError) {
        var objects: [String: String] = [:]
        try statement.eachRow { row in objects[row.text(0)] = row.text(1) }
        self.objects = objects
    }

    /// What the program's migrations make.
    static func expected() throws -> Schema { try made.get() }

    private static let made = Result {
        let connection = try Connection.inMemory()
        _ = try Migrator(path: ":memory:").migrate(connection, withDefaults: false)
        return try Schema(connection.prepare(statement))
    }

    /// What is missing or altered here that the expected schema has, in words.
    func differences(from expected: Schema) -> [String] {
        expected.objects.sorted { $0.key < $1.key }.compactMap { name, sql in
            guard let found = objects[name] else { return "\(name) is missing" }
            return found == sql ? nil : "\(name) is not as it was made"
        }
    }
}

/// Compares the schema of one connection with the program's whenever it may have changed.
///
/// A trigger of ours that is gone would let a revoked grant or token go on working.
final class SchemaReader {
    private let objects: Statement
    /// How often SQLite had compiled the connection's first statement again when the schema was last found right.
    private var checkedAt: Int32?

    init(_ connection: borrowing Connection) throws(SQLiteError) {
        objects = try connection.prepare(Schema.statement)
    }

    /// Refuses a schema that is not the program's, unless it was looked at since it last changed.
    ///
    /// - Parameter recompilations: How often SQLite has compiled the connection's first statement again.
    /// - Throws: `SQLiteError` with the first difference, or when the schema cannot be read.
    func require(after recompilations: Int32) throws(SQLiteError) {
        if recompilations == checkedAt { return }
        try require()
        checkedAt = recompilations
    }

    /// Refuses a schema that is not the program's.
    func require() throws(SQLiteError) {
        let differences: [String]
        do {
            differences = try Schema(objects).differences(from: Schema.expected())
        } catch {
            throw error as? SQLiteError ?? SQLiteError(code: 1, message: "\(error)")
        }
        if let first = differences.first { throw .alteredSchema(first, differences.count - 1) }
    }
}

extension SQLiteError {
    /// An extended code of our own, beside SQLite's for a schema.
    private static let alteredCode: Int32 = 17 | 1 << 8

    static func alteredSchema(_ first: String, _ others: Int) -> SQLiteError {
        SQLiteError(
            code: alteredCode,
            message: "the schema has been changed by hand: \(first)" + (others > 0 ? " and \(others) more" : "")
        )
    }

    var isAlteredSchema: Bool { code == Self.alteredCode }
}
