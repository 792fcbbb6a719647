import LivechatSQLite
import Testing

@Suite("An error carries the extended code, SQLite's words and the statement")
struct ErrorTests {
    static let rows: [(sql: String, code: Int32, message: String)] = [
        ("INSERT INTO parent VALUES ('a')", ResultCode.primaryKey, "UNIQUE constraint failed: parent.id"),
        ("INSERT INTO child VALUES ('x', 'a')", ResultCode.unique, "UNIQUE constraint failed: child.name"),
        ("INSERT INTO child VALUES ('y', 'nobody')", ResultCode.foreignKey, "FOREIGN KEY constraint failed"),
        ("SELECT surname FROM parent", ResultCode.error, "no such column: surname"),
        ("SELEC 1", ResultCode.error, #"near "SELEC": syntax error"#),
    ]

    @Test("execute", arguments: rows)
    func execute(_ row: (sql: String, code: Int32, message: String)) throws {
        try withFamily { connection in
            let error = failure { try connection.execute(row.sql) }
            #expect(error == SQLiteError(code: row.code, message: row.message, sql: row.sql))
        }
    }

    @Test("integer prepares and steps", arguments: rows)
    func prepared(_ row: (sql: String, code: Int32, message: String)) throws {
        try withFamily { connection in
            let error = failure { _ = try connection.integer(row.sql) }
            #expect(error == SQLiteError(code: row.code, message: row.message, sql: row.sql))
        }
    }

    @Test("A kept statement tells its text but never its values, and works again afterwards")
    func kept() throws {
        try withFamily { connection in
            let insert = try connection.prepare("INSERT INTO child VALUES (?1, ?2)")
            try insert.bind(1, "secret-value")
            try insert.bind(2, "nobody")
            let error = failure { try insert.run() }
            #expect(error?.code == ResultCode.foreignKey)
            #expect(error?.primaryCode == 19)
            #expect(error?.isConstraint == true)
            #expect(error?.sql == "INSERT INTO child VALUES (?1, ?2)")
            #expect(error.map { "\($0)".contains("secret-value") } == false)
            #expect(
                error?.description
                    == "SQLite error 787: FOREIGN KEY constraint failed (in: INSERT INTO child VALUES (?1, ?2))"
            )
            try insert.bind(1, "z")
            try insert.bind(2, "a")
            try insert.run()
            let count = try connection.integer("SELECT count(*) FROM child")
            #expect(count == 2)
        }
    }

    @Test("A statement that is left at its first row tells when its own commit fails, and has written nothing")
    func commitAtTheEnd() throws {
        try withFamily { connection in
            try connection.execute(
                "CREATE TABLE late (parent TEXT REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT"
            )
            let error = failure { _ = try connection.integer("INSERT INTO late VALUES ('nobody') RETURNING 1") }
            #expect(error?.code == ResultCode.foreignKey)
            let count = try connection.integer("SELECT count(*) FROM late")
            #expect(count == 0)
            let kept = try connection.integer("INSERT INTO late VALUES ('a') RETURNING 1")
            #expect(kept == 1)
        }
    }

    @Test("The statements of a script before the failing one have run")
    func script() throws {
        try withFamily { connection in
            let error = failure {
                try connection.execute("INSERT INTO parent VALUES ('b'); INSERT INTO parent VALUES ('b')")
            }
            #expect(error?.code == ResultCode.primaryKey)
            let count = try connection.integer("SELECT count(*) FROM parent")
            #expect(count == 2)
        }
    }

    @Test(
        "No memory, no lock and no read tell nothing of what is in the file; damage and a file that ends too soon do",
        arguments: [
            (7, true), (5, true), (6, true), (14, true), (15, true), (13, true), (10 | 1 << 8, true),
            (10 | 2 << 8, false), (11, false), (26, false), (1, false), (19, false),
        ] as [(Int32, Bool)]
    )
    func blame(_ code: Int32, _ saysNothing: Bool) {
        #expect(SQLiteError(code: code, message: "").saysNothingOfTheFile == saysNothing)
    }

    private func withFamily(_ body: (borrowing Connection) throws -> Void) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute(
                """
                CREATE TABLE parent (id TEXT PRIMARY KEY) STRICT;
                CREATE TABLE child (name TEXT UNIQUE, parent TEXT NOT NULL REFERENCES parent) STRICT;
                INSERT INTO parent VALUES ('a');
                INSERT INTO child VALUES ('x', 'a');
                """
            )
            try body(connection)
        }
    }
}
