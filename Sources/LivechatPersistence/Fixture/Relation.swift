internal import LivechatSQLite

/// Rows that connect one row with others, such as a user with roles. A row that stays is not touched: a host's own
/// tables may refer to it (contract C17).
final class Relation {
    private let table: StaticString
    private let list: Statement
    private let identify: Statement
    private let insert: Statement
    private let delete: Statement

    /// - Parameters:
    ///   - table: The table of the relation.
    ///   - owner: The columns of the key that has the others, one or two.
    ///   - other: The column of the others, named as their table is.
    init(
        _ connection: borrowing Connection,
        _ table: StaticString,
        of owner: [StaticString],
        with other: StaticString
    ) throws(SQLiteError) {
        self.table = table
        let isPair = owner.count == 2
        let matches = [" WHERE ", owner[0], " = ?1"] + (isPair ? [" AND ", owner[1], " = ?2"] : [])
        list = try connection.prepare(["SELECT ", other, " FROM ", table] + matches)
        identify = try connection.prepare(
            ["SELECT id FROM ", table, " LEFT JOIN livechat_", other, " ON key = ", other] + matches + [" ORDER BY id"]
        )
        delete = try connection.prepare(
            ["DELETE FROM ", table] + matches + [" AND ", other, isPair ? " = ?3" : " = ?2"]
        )
        insert = try connection.prepare(
            ["INSERT INTO ", table, " (", owner[0]] + (isPair ? [", ", owner[1]] : [])
                + [", ", other, isPair ? ") VALUES (?1, ?2, ?3)" : ") VALUES (?1, ?2)"]
        )
    }

    /// The ids of the others of one key, in the order of their bytes.
    ///
    /// - Parameters:
    ///   - owner: The key, in as many columns as it has.
    ///   - neverDangling: Whether a row that refers to nothing is an error, and not passed over.
    func ids(of owner: [Int64], neverDangling: Bool) throws -> [String] {
        var ids: [String] = []
        try Self.bind(owner, to: identify)
        try identify.eachRowThrowing { row in
            if let id = row.textIfPresent(0) { return ids.append(id) }
            if neverDangling { throw SQLiteError.danglingReference(in: "\(table)") }
        }
        return ids
    }

    /// Makes these, and no other, the others of one key.
    ///
    /// - Parameters:
    ///   - owner: The key, in as many columns as it has.
    ///   - isNew: Whether it is known to have none yet.
    ///   - others: The keys of the others.
    func replace(_ owner: [Int64], isNew: Bool = false, with others: [Int64]) throws(SQLiteError) {
        var missing = Set(others)
        if !isNew {
            var gone: [Int64] = []
            try Self.bind(owner, to: list)
            try list.eachRow { row in
                if missing.remove(row.integer(0)) == nil { gone.append(row.integer(0)) }
            }
            for other in gone {
                try Self.bind(owner + [other], to: delete)
                try delete.run()
            }
        }
        for other in others where missing.remove(other) != nil {
            try Self.bind(owner + [other], to: insert)
            try insert.run()
        }
    }

    private static func bind(_ keys: [Int64], to statement: borrowing Statement) throws(SQLiteError) {
        for (index, key) in keys.enumerated() { try statement.bind(Int32(index + 1), key) }
    }
}
