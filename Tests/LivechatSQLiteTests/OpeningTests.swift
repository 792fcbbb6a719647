import Foundation
import LivechatSQLite
import Testing

@Suite("A connection opens a file, and only the file that was named")
struct OpeningTests {
    @Test("These are no paths", arguments: ["", ":memory:", ":x", "a\0b", "\0", "/tmp/a\0b"])
    func noPath(_ path: String) throws {
        let error = failure { _ = try open(path) }
        #expect(error?.code == ResultCode.cannotOpen)
        #expect(error?.cannotOpen == true)
        #expect(error?.message == "not a file's path")
    }

    @Test(
        "A name that SQLite could take for more is a plain file's name",
        arguments: ["file:x?mode=memory", "file:x", "a b", "%41", "x?y#z", "é", "\u{301}x", "-x"]
    )
    func plainName(_ name: String) throws {
        try withFolder { folder in
            let connection = try open("\(folder)/\(name)")
            try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.map { Array($0.utf8) } == [Array(name.utf8)])
        }
    }

    @Test("A relative name that looks like a URI is a file in the process's folder")
    func relative() throws {
        let name = "file:livechat-\(UUID().uuidString)?mode=memory"
        defer { try? FileManager.default.removeItem(atPath: name) }
        let connection = try open(name)
        try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
        #expect(FileManager.default.fileExists(atPath: name))
    }

    @Test("A path from the root may go on with a character that combines with the slash")
    func combining() throws {
        let name = "\u{301}livechat-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: "./" + name) }
        try open(name).execute("CREATE TABLE t (v INTEGER) STRICT")
        let error = failure { _ = try open("/" + name, .readOnly).integer("SELECT count(*) FROM t") }
        #expect(error?.cannotOpen == true)
    }

    @Test("A file that is not there is made only where that was asked for")
    func missing() throws {
        try withDatabasePath { path in
            for access in [Connection.Options.Access.readOnly, .readWrite] {
                let error = failure { _ = try open(path, access) }
                #expect(error?.code == ResultCode.cannotOpen)
                #expect(error?.message == "unable to open database file")
                #expect(!FileManager.default.fileExists(atPath: path))
            }
            _ = try open(path, .create)
            #expect(FileManager.default.fileExists(atPath: path))
            _ = try open(path, .readWrite)
        }
    }

    @Test("A read-only connection reads and does not write")
    func readOnly() throws {
        try withDatabasePath { path in
            let writer = try open(path)
            try writer.execute("CREATE TABLE t (v INTEGER) STRICT; INSERT INTO t VALUES (1)")
            let reader = try open(path, .readOnly)
            let count = try reader.integer("SELECT count(*) FROM t")
            #expect(count == 1)
            let error = failure { try reader.execute("INSERT INTO t VALUES (2)") }
            #expect(error?.isReadOnly == true)
            #expect(error?.code == ResultCode.readOnly)
            let (first, second) = (reader.isReadOnly, writer.isReadOnly)
            #expect(first)
            #expect(!second)
        }
    }

    @Test("A file that is no database is told apart")
    func noDatabase() throws {
        try withDatabasePath { path in
            try Data(repeating: 0x41, count: 4_096).write(to: URL(fileURLWithPath: path))
            let error = failure { _ = try open(path).integer("SELECT count(*) FROM sqlite_schema") }
            #expect(error?.isNotADatabase == true)
            #expect(error?.code == ResultCode.notADatabase)
            #expect(error?.message == "file is not a database")
        }
    }

    @Test("Close with nothing alive closes, and a database can be removed and made again")
    func close() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
            #expect(openFiles(path) > 0)
            try connection.close()
            #expect(openFiles(path) == 0)
        }
    }

    @Test("Close with a living statement throws, and the last statement closes")
    func closeLater() throws {
        try withDatabasePath { path in
            try closeWithLivingStatement(path)
            #expect(openFiles(path) == 0)
        }
    }

    private func closeWithLivingStatement(_ path: String) throws {
        let connection = try open(path)
        try connection.execute("CREATE TABLE t (v INTEGER) STRICT; INSERT INTO t VALUES (7)")
        let select = try connection.prepare("SELECT v FROM t")
        do {
            try connection.close()
            Issue.record("close did not throw")
        } catch {
            #expect(error.code == ResultCode.busy)
            #expect(error.message.contains("unfinalized statements"))
        }
        #expect(openFiles(path) > 0)
        let value = try select.first { row in row.integer(0) }
        #expect(value == 7)
    }

    @Test("A connection that is let go of closes")
    func letGo() throws {
        try withDatabasePath { path in
            func use() throws {
                let connection = try open(path)
                try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
                #expect(openFiles(path) > 0)
            }
            try use()
            #expect(openFiles(path) == 0)
        }
    }

    /// How many descriptors of this process lead to a file, as Linux lists them.
    private func openFiles(_ path: String) -> Int {
        let folder = "/proc/self/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")) == path
        }
    }
}

@Suite("Every connection is set up safely")
struct SafetyTests {
    @Test(
        "A name in double quotes is never a string",
        arguments: [
            #"SELECT "nope""#, #"SELECT * FROM t WHERE v = "nope""#, #"INSERT INTO t VALUES ("nope")"#,
            #"CREATE INDEX i ON t (v) WHERE v = "nope""#, #"CREATE TABLE u (v TEXT CHECK (v <> "nope"))"#,
        ]
    )
    func doubleQuotes(_ sql: String) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v TEXT) STRICT")
            let error = failure { try connection.execute(sql) }
            #expect(error?.message.contains("nope") == true)
            #expect(error?.code == ResultCode.error)
        }
    }

    @Test(
        "The switches are as they should be",
        arguments: [("foreign_keys", 1 as Int64), ("trusted_schema", 0), ("writable_schema", 0)]
    )
    func pragma(_ name: String, _ value: Int64) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let found = try connection.integer("PRAGMA \(name)")
            #expect(found == value)
        }
    }

    @Test("Foreign keys are enforced")
    func foreignKeys() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute(
                "CREATE TABLE p (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE c (p INTEGER REFERENCES p) STRICT"
            )
            let error = failure { try connection.execute("INSERT INTO c VALUES (1)") }
            #expect(error?.code == ResultCode.foreignKey)
        }
    }

    @Test("Defensive mode keeps the schema table and the journal from being pulled away")
    func defensive() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v INTEGER) STRICT")
            let error = failure {
                try connection.execute("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'x'")
            }
            #expect(error?.message == "table sqlite_master may not be modified")
            let mode = try connection.text("PRAGMA journal_mode = OFF")
            #expect(mode == "delete")
        }
    }
}
