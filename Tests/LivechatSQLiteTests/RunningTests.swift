import LivechatSQLite
import Testing

@Suite("Statements run")
struct RunningTests {
    @Test("first, eachRow and run start from the beginning each time, also after work that threw")
    func restart() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v INTEGER) STRICT; INSERT INTO t VALUES (1), (2), (3)")
            let select = try connection.prepare("SELECT v FROM t ORDER BY v")
            let first = try select.first { row in row.integer(0) }
            #expect(first == 1)

            var seen: [Int64] = []
            #expect(throws: Oops.self) {
                try select.eachRowThrowing { row in
                    seen.append(row.integer(0))
                    if seen.count == 2 { throw Oops() }
                }
            }
            #expect(seen == [1, 2])
            try select.run()
            seen = []
            try select.eachRow { row in seen.append(row.integer(0)) }
            #expect(seen == [1, 2, 3])
        }
    }

    @Test("No row is nil")
    func none() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT 1 WHERE 0")
            let none = try select.first { row in row.integer(0) }
            #expect(none == nil)
            let integer = try connection.integer("SELECT 1 WHERE 0")
            #expect(integer == nil)
            let text = try connection.text("SELECT 'a' WHERE 0")
            #expect(text == nil)
        }
    }

    @Test("The short ways: integer, text, plan, changes")
    func short() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute(
                """
                CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER) STRICT;
                INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3);
                """
            )
            let changes = connection.changes
            #expect(changes == 3)
            let count = try connection.integer("SELECT count(*) FROM t")
            #expect(count == 3)
            let mode = try connection.text("PRAGMA journal_mode")
            #expect(mode == "delete")

            let search = try connection.plan(of: "SELECT v FROM t WHERE k = 'a'")
            #expect(search.count == 1)
            #expect(search.first?.hasPrefix("SEARCH t USING INDEX") == true)
            let scan = try connection.plan(of: "SELECT v FROM t WHERE v = 1")
            #expect(scan == ["SCAN t"])
        }
    }

    @Test("An empty statement is an error, not a crash")
    func empty() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let error = failure { _ = try connection.integer("-- nothing") }
            #expect(error?.message == "no statement")
        }
    }

    @Test("A statement knows its text and the library its version")
    func texts() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let statement = try connection.prepare("SELECT ?1 + 1")
            let sql = statement.sql
            #expect(sql == "SELECT ?1 + 1")
            let version = try connection.text("SELECT sqlite_version()")
            #expect(version == Connection.libraryVersion)
        }
    }
}
