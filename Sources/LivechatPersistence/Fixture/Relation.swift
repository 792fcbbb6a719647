internal import LivechatSQLite

/// Rows that connect one row with others, such as a user with roles. A row that stays is not touched: a host's own
/// tables may refer to it (contract C17).
final class Relation {
    private let list: Statement
    private let insert: Statement
    private let delete: Statement

    /// - Parameters:
    ///   - table: The table of the relation.
    ///   - owner: The columns of the key that has the others, one or two.
    ///   - other: The column of the others.
    init(
        _ connection: borrowing Connection,
        _ table: StaticString,
        of owner: [StaticString],
        with other: StaticString
    ) throws(SQLiteError) {
        let matches = owner.count == 1 ? [owner[0], " = ?1"] : [owner[0], " = ?1 AND ", owner[1], " = ?2"]
        list = try connection.prepare(["SELECT ", other, " FROM ", table, " WHERE "] + matches)
        delete = try connection.prepare(
            ["DELETE FROM ", table, " WHERE "] + matches + [" AND ", other, owner.count == 1 ? " = ?2" : " = ?3"]
        )
        let columns = owner.count == 1 ? [owner[0]] : [owner[0], ", ", owner[1]]
        insert = try connection.prepare(
            ["INSERT INTO ", table, " ("] + columns + [
                ", ", other, owner.count == 1 ? ") VALUES (?1, ?2)" : ") VALUES (?1, ?2, ?3)",
            ]
        )
    }

    /// Makes these, and no other, the others of one key.
    ///
    /// - Parameters:
    ///   - owner: The key, in as many columns as it has.
    ///   - isNew: Whether it is known to have none yet.
    ///   - others: The keys of the others.
    func replace(_ owner: Int64..., isNew: Bool = false, with others: [Int64]) throws(SQLiteError) {
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
