internal import LivechatSQLite

/// A statement that is compiled once and used again and again; SQLite compiles it again after a change of the schema.
final class KeptStatement {
    private let statement: Statement

    init(_ statement: consuming Statement) { self.statement = statement }

    /// Binds the statement's values and runs it.
    func use<Result>(_ body: (borrowing Statement) throws -> Result) throws -> Result {
        do {
            return try body(statement)
        } catch {
            // What was bound before something failed must not be there the next time.
            statement.clear()
            throw error
        }
    }
}
