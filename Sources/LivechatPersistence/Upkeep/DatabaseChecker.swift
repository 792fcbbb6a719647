internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// Looks a database over; every look is on the same snapshot.
struct DatabaseChecker {
    let path: String

    /// The most lines of one kind that are told.
    static let shownLines = 5

    func run() throws -> [DatabaseCheck] {
        try DatabaseFile.requireDatabase(path)
        do {
            // What could only be read after something is recovered is left alone.
            try DatabaseFile.withReader(path, .readOnly) { _ = try $0.integer(Self.firstRead) }
            return try DatabaseFile.withReader(path, .readWrite) { connection in
                try connection.keepLogWhenClosing()
                try connection.execute("PRAGMA query_only = ON; BEGIN DEFERRED")
                defer { connection.rollBack() }
                _ = try connection.integer(Self.firstRead)
                return try checks(connection)
            }
        } catch let error as SQLiteError {
            guard error.isReadOnly else { throw LivechatStoreError(error, path: path) }
            throw LivechatStoreError(
                .readOnly,
                "\(path) was left behind by a program that was killed: run `livechat-join migrate --database \(path)` "
                    + "as a user who may write it, and check it again"
            )
        }
    }

    private static let firstRead = "SELECT count(*) FROM sqlite_schema"

    private func checks(_ connection: borrowing Connection) throws(SQLiteError) -> [DatabaseCheck] {
        var checks = [Self.version(Connection.libraryVersion), file()]
        let schema = try look("schema") { try self.schema(connection) }
        checks.append(schema)
        checks.append(try look("integrity") { try integrity(connection) })
        checks.append(try look("foreign keys") { try Self.foreignKeys(connection) })
        // The rest asks tables by name, which another schema need not have.
        guard schema.holds else { return checks }
        checks.append(try look("settings") { try Self.settings(connection) })
        checks.append(try look("events") { try Self.events(connection) })
        return checks
    }

    /// A look that was kept from looking has found nothing: that is an error, and no reason to restore a backup.
    private func look(
        _ subject: String,
        _ body: () throws -> DatabaseCheck
    ) throws(SQLiteError) -> DatabaseCheck {
        do {
            return try body()
        } catch let error as SQLiteError where error.saysNothingOfTheFile {
            throw error
        } catch {
            let words = (error as? SQLiteError)?.message ?? "\(error)"
            return DatabaseCheck(subject, words, remedy: Self.restore)
        }
    }

    static let restore =
        "stop everything that uses the file, keep a copy of it, and restore the newest backup that passes"

    // MARK: What SQLite knows

    static func version(_ version: String) -> DatabaseCheck {
        DatabaseCheck("SQLite", limit(ofVersion: version) ?? version, isWarning: limit(ofVersion: version) != nil)
    }

    /// What an operator should know of a version of SQLite: the race between a checkpoint and a commit that restarts
    /// the log (https://sqlite.org/wal.html#walresetbug); nil where it is mended.
    static func limit(ofVersion version: String) -> String? {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard !parts.lexicographicallyPrecedes([3, 7, 0]), parts.lexicographicallyPrecedes([3, 51, 3]) else {
            return nil
        }
        return "\(version) can, rarely, lose a commit when another program checkpoints the database at the same "
            + "moment; livechat-join's own connections take turns: keep all others from checkpointing, or "
            + "use SQLite 3.51.3 or newer for all of them"
    }

    /// The names of the file.
    private func file() -> DatabaseCheck {
        guard let fault = DatabaseFile.secondName(path) else { return DatabaseCheck("file", "has one name") }
        return DatabaseCheck("file", fault, remedy: "until then a program that uses another name loses commits")
    }

    /// SQLite does not read the constraints of a file that it may not write, and cannot check them then.
    private func integrity(_ connection: borrowing Connection) throws -> DatabaseCheck {
        var faults: [String] = []
        let statement = try connection.prepare("PRAGMA integrity_check")
        try statement.eachRow { row in
            if !Self.isOfHost(row.text(0)) { faults.append(row.text(0)) }
        }
        if faults == ["ok"] || faults.isEmpty {
            return DatabaseCheck(
                "integrity",
                connection.isReadOnly
                    ? "every page and index; give write permission to have the constraints checked too"
                    : "every page, index and constraint"
            )
        }
        // A page that could not be read, for want of memory (7) or by a failing disk (10), says nothing of what is in
        // it.
        for fault in faults {
            guard let mark = fault.firstRange(of: "error code="),
                let code = Int32(fault[mark.upperBound...].prefix { $0.isNumber }), [7, 10].contains(code & 0xff)
            else { continue }
            throw SQLiteError(code: code, message: fault)
        }
        return DatabaseCheck("integrity", Self.list(faults), remedy: Self.restore)
    }

    /// Whether a line tells of a constraint of one of the host's own tables, which are the host's to check.
    private static func isOfHost(_ line: String) -> Bool {
        let kinds = ["CHECK constraint failed in ", "NULL value in ", "NUMERIC value in ", "TEXT value in "]
        return kinds.contains { line.hasPrefix($0) && !line.dropFirst($0.count).hasPrefix("livechat_") }
    }

    private static func foreignKeys(_ connection: borrowing Connection) throws -> DatabaseCheck {
        var counts: [String: Int] = [:]
        // The host's own tables are the host's to check.
        let statement = try connection.prepare(
            """
            SELECT fault."table", fault.parent
            FROM sqlite_schema AS ours JOIN pragma_foreign_key_check(ours.name) AS fault
            WHERE ours.type = 'table' AND ours.name GLOB 'livechat_*'
            """
        )
        try statement.eachRow { row in counts["\(row.text(0)) to no \(row.text(1))", default: 0] += 1 }
        if counts.isEmpty { return DatabaseCheck("foreign keys", "every row that is referred to is there") }
        return DatabaseCheck(
            "foreign keys",
            list(counts.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }),
            remedy:
                "another program has removed what they refer to (`PRAGMA foreign_key_check` names each): restore the newest "
                + "backup that passes, or put it right by hand; removing rows of livechat_restriction, livechat_user_role, "
                + "livechat_membership_role or livechat_inquiry can let people in"
        )
    }

    /// Some lines on one.
    static func list(_ lines: [String]) -> String {
        let shown = lines.prefix(shownLines).map { line in
            line.split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        let rest = lines.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    // MARK: What this program knows

    private static func settings(_ connection: borrowing Connection) throws -> DatabaseCheck {
        guard try connection.integer("SELECT count(*) FROM livechat_setting WHERE key = 1") == 1 else {
            return DatabaseCheck("settings", "the row of settings is missing, so nobody can join", remedy: restore)
        }
        return DatabaseCheck("settings", "there")
    }
}
