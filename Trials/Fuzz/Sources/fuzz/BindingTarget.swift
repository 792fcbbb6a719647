import Foundation
import LivechatSQLite

/// The wrapper of SQLite: what is bound comes back the same, from a column of a result and from a stored row.
///
/// An input is a list of values, up to six in a row: a byte for the type, then its bytes; see ``BoundValue``.
enum BindingTarget {
    static func run(_ input: UnsafeBufferPointer<UInt8>) {
        var rest = Array(input)[...]
        do {
            while !rest.isEmpty {
                let values = (0..<6).compactMap { _ in BoundValue(from: &rest) }
                try fixture.echo(values)
                try fixture.store(values)
            }
        } catch {
            fail("\(error)")
        }
    }

    private nonisolated(unsafe) static let fixture: Fixture = {
        do { return try Fixture() } catch { fail("\(error)") }
    }()

    /// Statements that are kept, so that one input's values could be seen by the next.
    private final class Fixture {
        private let connection: Connection
        private var echo: Statement
        private var insert: Statement
        private var select: Statement
        private var empty: Statement

        init() throws {
            let path = TemporaryFile.path("binding.db")
            connection = try Connection(path: path, options: .init(access: .create, busyTimeout: 0))
            try connection.execute(
                "CREATE TABLE value (place INTEGER PRIMARY KEY, value ANY) STRICT; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY"
            )
            echo = try connection.prepare(
                """
                SELECT ?1, ?2, ?3, ?4, ?5, ?6,
                    typeof(?1), typeof(?2), typeof(?3), typeof(?4), typeof(?5), typeof(?6)
                """
            )
            insert = try connection.prepare("INSERT INTO value (place, value) VALUES (?1, ?2)")
            select = try connection.prepare("SELECT value, typeof(value) FROM value ORDER BY place")
            empty = try connection.prepare("DELETE FROM value")
        }

        func echo(_ values: [BoundValue]) throws {
            for (index, value) in values.enumerated() { try value.bind(to: &echo, Int32(index + 1)) }
            var rows = 0
            try echo.eachRow { row in
                rows += 1
                for index in 0..<Int32(6) {
                    // What was not bound this time is NULL, whatever was bound the time before.
                    let value = index < values.count ? values[Int(index)] : .null
                    value.check(row, index, type: row.text(index + 6))
                }
            }
            hold(rows == 1, "\(rows) rows")
        }

        func store(_ values: [BoundValue]) throws {
            try connection.transaction(.immediate) {
                try empty.run()
                for (index, value) in values.enumerated() {
                    try insert.bind(1, Int64(index))
                    try value.bind(to: &insert, 2)
                    try insert.run()
                    hold(connection.changes == 1, "an insert changed \(connection.changes) rows")
                }
            }
            var rows = 0
            try select.eachRow { row in
                values[rows].check(row, 0, type: row.text(1))
                rows += 1
            }
            hold(rows == values.count, "\(rows) rows of \(values.count) were stored")
        }
    }
}
