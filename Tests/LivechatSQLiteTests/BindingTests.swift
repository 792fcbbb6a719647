import LivechatSQLite
import Testing

@Suite("Values go in and come out as they are")
struct BindingTests {
    static let texts =
        [
            "", "a", "\0", "\0\0", "a\0", "\0a", "a\0b", "é", "e\u{301}", "\u{FFFD}", "👩‍👩‍👧", "'; DROP TABLE t; --", "\"",
            "?1",
        ]
        + [1_023, 1_024, 1_025, 1_026, 5_000, 100_000].flatMap { count in
            [String(repeating: "x", count: count), String(repeating: "\0", count: count)]
        }

    @Test("Text", arguments: texts)
    func text(_ text: String) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v TEXT NOT NULL) STRICT")
            let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
            try insert.bind(1, text)
            try insert.run()
            let select = try connection.prepare("SELECT v, typeof(v), length(CAST(v AS BLOB)) FROM t")
            let row = try select.first { row in (row.text(0), row.text(1), row.integer(2), row.isNull(0)) }
            #expect(row.map { Array($0.0.utf8) } == Array(text.utf8))
            #expect(row?.1 == "text")
            #expect(row?.2 == Int64(text.utf8.count))
            #expect(row?.3 == false)
            let isEqual = try select.first { row in row.equals(0, text.utf8.span) }
            #expect(isEqual == true)
        }
    }

    @Test("Blobs", arguments: texts)
    func blob(_ text: String) throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (v BLOB NOT NULL) STRICT")
            let bytes = Array(text.utf8) + [0xff]
            for bytes in [bytes, Array(bytes.dropLast())] {
                try connection.execute("DELETE FROM t")
                let insert = try connection.prepare("INSERT INTO t VALUES (?1)")
                try insert.bind(1, bytes.span)
                try insert.run()
                let select = try connection.prepare("SELECT v, typeof(v), length(v) FROM t")
                let row = try select.first { row in (row.blob(0), row.text(1), row.integer(2), row.isNull(0)) }
                #expect(row?.0 == bytes)
                #expect(row?.1 == "blob")
                #expect(row?.2 == Int64(bytes.count))
                #expect(row?.3 == false)
            }
        }
    }

    @Test("A key with a NUL is a key of its own")
    func textKeys() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v INTEGER NOT NULL) STRICT, WITHOUT ROWID")
            let keys = ["a", "a\0", "a\0b", "a\0c", "\0a", "\0", "", "A", "é", "e\u{301}"]
            let insert = try connection.prepare("INSERT INTO t VALUES (?1, ?2)")
            for (number, key) in keys.enumerated() {
                try insert.bind(1, key)
                try insert.bind(2, Int64(number))
                try insert.run()
            }
            let select = try connection.prepare("SELECT v FROM t WHERE k = ?1")
            for (number, key) in keys.enumerated() {
                try select.bind(1, key)
                let found = try select.first { row in row.integer(0) }
                #expect(found == Int64(number), "key \(key.debugDescription)")
            }
            for absent in ["a\0\0", "a\0d", "a ", "b", "\0\0", "a\0b\0"] {
                try select.bind(1, absent)
                let found = try select.first { row in row.integer(0) }
                #expect(found == nil, "key \(absent.debugDescription)")
            }
        }
    }

    @Test("A blob key with a NUL is a key of its own")
    func blobKeys() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            try connection.execute("CREATE TABLE t (k BLOB PRIMARY KEY, v INTEGER NOT NULL) STRICT, WITHOUT ROWID")
            let keys: [[UInt8]] = [[], [0], [0, 0], [1], [1, 0], [1, 0, 2], [1, 0, 3], [255]]
            let insert = try connection.prepare("INSERT INTO t VALUES (?1, ?2)")
            for (number, key) in keys.enumerated() {
                try insert.bind(1, key.span)
                try insert.bind(2, Int64(number))
                try insert.run()
            }
            let select = try connection.prepare("SELECT v FROM t WHERE k = ?1")
            for (number, key) in keys.enumerated() {
                try select.bind(1, key.span)
                let found = try select.first { row in row.integer(0) }
                #expect(found == Int64(number), "key \(key)")
            }
            let absent: [UInt8] = [1, 0, 4]
            try select.bind(1, absent.span)
            let found = try select.first { row in row.integer(0) }
            #expect(found == nil)
        }
    }

    @Test("Row.equals compares every byte")
    func equals() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT ?1")
            let stored = "a\0b"
            for (other, expected) in [
                ("a\0b", true), ("a\0c", false), ("a", false), ("a\0", false), ("a\0bc", false), ("", false),
            ] {
                try select.bind(1, stored)
                let isEqual = try select.first { row in row.equals(0, other.utf8.span) }
                #expect(isEqual == expected, "\(other.debugDescription)")
            }
        }
    }

    @Test("Several values share the room for copies, and what does not fit is copied by SQLite")
    func arena() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT ?1, ?2, ?3, ?4, ?5")
            let values = [(400, "a"), (400, "b"), (400, "c"), (224, "d"), (1, "e")]
                .map { count, letter in String(repeating: letter, count: count) }
            for _ in 0..<3 {
                for (index, value) in values.enumerated() { try select.bind(Int32(index + 1), value) }
                let row = try select.first { row in (0..<5).map { column in row.text(column) } }
                #expect(row == values)
            }
        }
    }

    @Test("The last of several bindings counts, and none outlives the run")
    func rebinding() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT ?1, ?2")
            for round in 0..<50 {
                try select.bind(1, String(repeating: "x", count: 100))
                try select.bind(1, "y\(round)")
                try select.bind(2, Int64(round))
            }
            let last = try select.first { row in (row.text(0), row.integer(1)) }
            #expect(last?.0 == "y49")
            #expect(last?.1 == 49)
            let unbound = try select.first { row in (row.isNull(0), row.isNull(1)) }
            #expect(unbound?.0 == true)
            #expect(unbound?.1 == true)
            try select.bind(1, "short")
            let short = try select.first { row in row.text(0) }
            #expect(short == "short")
        }
    }

    @Test("NULL, numbers and truth values")
    func others() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT ?1, typeof(?1)")

            for number: Int64 in [0, 1, -1, .max, .min] {
                try select.bind(1, number)
                let row = try select.first { row in (row.integer(0), row.integerIfPresent(0), row.bool(0)) }
                #expect(row?.0 == number)
                #expect(row?.1 == number)
                #expect(row?.2 == (number != 0))
            }
            for number: Double in [0, 1.5, -0.25, .infinity] {
                try select.bind(1, number as Double?)
                let row = try select.first { row in (row.doubleIfPresent(0), row.text(1)) }
                #expect(row?.0 == number)
                #expect(row?.1 == "real")
            }
            for value in [true, false] {
                try select.bind(1, value)
                let row = try select.first { row in (row.bool(0), row.text(1)) }
                #expect(row?.0 == value)
                #expect(row?.1 == "integer")
            }
            try select.bind(1, nil as Int64?)
            #expect(try isNull(select))
            try select.bind(1, nil as Double?)
            #expect(try isNull(select))
            try select.bind(1, nil as String?)
            #expect(try isNull(select))
        }
    }

    private func isNull(_ select: borrowing Statement) throws -> Bool {
        let answer = try select.first { row in
            row.isNull(0) && row.integerIfPresent(0) == nil && row.doubleIfPresent(0) == nil
                && row.textIfPresent(0) == nil && row.text(0).isEmpty && row.blob(0).isEmpty && row.integer(0) == 0
        }
        return answer == true
    }

    @Test("A parameter that the statement does not have is an error")
    func range() throws {
        try withDatabasePath { path in
            let connection = try open(path)
            let select = try connection.prepare("SELECT ?1")
            for index: Int32 in [0, 2, -1] {
                let error = failure { try select.bind(index, 1 as Int64) }
                #expect(error?.code == ResultCode.range)
                #expect(error?.sql == "SELECT ?1")
            }
        }
    }
}
