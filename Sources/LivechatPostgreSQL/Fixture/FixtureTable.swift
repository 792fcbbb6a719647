#if PostgreSQL
internal import LivechatFixture
internal import LivechatJoin

/// A column in which a property of a fixture's object stands.
struct FixtureColumn: Sendable {
    /// How a column's values travel, and what they become in the table.
    enum Kind: Sendable {
        case text, integer, flag, bytes
        /// The id of an entity, which becomes its key.
        case reference(FixtureKind)
    }

    let name: String
    let kind: Kind
    /// What a new row has where the key is left out.
    var initial = "NULL"
}

/// The statements of a table in which one kind of a fixture's objects stands, for many objects at a time.
///
/// `$1` is the time of the load. From `$2` on come arrays with one element for each object: the ids of those that it
/// belongs to, what tells it apart, and for each other column whether its key is given and what for.
struct FixtureTable: Sendable {
    let name: String
    /// The columns with the keys of what a row is a part of; none for entities.
    var owner: [(column: String, kind: FixtureKind)] = []
    /// The column that tells rows of the same owner apart, if there can be several.
    var identity: FixtureColumn?
    var columns: [FixtureColumn] = []

    /// Updates rows where they differ: a host's triggers would see a change that is none.
    var change: String {
        let values = columns.enumerated().map { index, column in given(index, else: "stored.\(column.name)") }
        let sets = zip(columns, values).map { "\($0.name) = \($1)" }.joined(separator: ", ")
        let stored = columns.map { "stored.\($0.name)" }.joined(separator: ", ")
        return """
            UPDATE \(name) AS stored SET \(sets) FROM \(source) WHERE \(match)
                AND (\(stored)) IS DISTINCT FROM (\(values.joined(separator: ", ")))
            """
    }

    /// Inserts the rows that are not there.
    var insertion: String {
        let names = owner.map(\.column) + (identity.map { [$0.name] } ?? []) + columns.map(\.name)
        let values =
            owner.indices.map { "owner\($0).key" } + (identity.map { [value($0, "identity")] } ?? [])
            + columns.enumerated().map { index, column in given(index, else: column.initial) }
        return """
            INSERT INTO \(name) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
            FROM \(source) WHERE true ON CONFLICT DO NOTHING
            """
    }

    /// Deletes the rows of owners that are not among those given; the ids of the owners are the last arrays.
    var removal: String {
        let first = 2 + owner.count + (identity == nil ? 0 : 1) + 2 * columns.count
        let owners = owner.indices.map { "kept.owner\($0)" }.joined(separator: ", ")
        let arrays = owner.indices.map { "$\(first + $0)::text[]" }.joined(separator: ", ")
        let joins = owner.indices.map { index in
            "JOIN livechat_\(owner[index].kind.word) AS kept\(index) ON kept\(index).id = kept.owner\(index)"
        }
        let matches = owner.indices.map { "stored.\(owner[$0].column) = kept\($0).key" }
        return """
            DELETE FROM \(name) AS stored
            USING unnest(\(arrays)) AS kept (\(owner.indices.map { "owner\($0)" }.joined(separator: ", ")))
            \(joins.joined(separator: "\n"))
            WHERE \(matches.joined(separator: " AND ")) AND NOT EXISTS (
                SELECT FROM \(source) WHERE \(match) AND (\(owners)) = (\(given(owners: "given"))))
            """
    }

    private func given(owners alias: String) -> String {
        owner.indices.map { "\(alias).owner\($0)" }.joined(separator: ", ")
    }

    /// What tells the stored row that an object stands for.
    private var match: String {
        let owners = owner.indices.map { "stored.\(owner[$0].column) = owner\($0).key" }
        return (owners + (identity.map { ["stored.\($0.name) = \(value($0, "identity"))"] } ?? []))
            .joined(separator: " AND ")
    }

    /// The objects with the keys of what they name.
    private var source: String {
        var arrays: [String] = []
        var names: [String] = []
        func add(_ type: String, _ name: String) {
            arrays.append("$\(2 + arrays.count)::\(type)[]")
            names.append(name)
        }
        var joins: [String] = []
        for (index, owner) in owner.enumerated() {
            add("text", "owner\(index)")
            joins.append("JOIN livechat_\(owner.kind.word) AS owner\(index) ON owner\(index).id = given.owner\(index)")
        }
        if let identity {
            add(identity.kind.type, "identity")
            if case .reference(let kind) = identity.kind {
                joins.append("JOIN livechat_\(kind.word) AS named ON named.id = given.identity")
            }
        }
        for (index, column) in columns.enumerated() {
            add("bigint", "has\(index)")
            add(column.kind.type, "value\(index)")
            if case .reference(let kind) = column.kind {
                joins.append(
                    "LEFT JOIN livechat_\(kind.word) AS named\(index) ON named\(index).id = given.value\(index)"
                )
            }
        }
        return "unnest(\(arrays.joined(separator: ", "))) AS given (\(names.joined(separator: ", ")))"
            + joins.map { "\n    " + $0 }.joined()
    }

    /// What was given for a column, or something else.
    private func given(_ index: Int, else other: String) -> String {
        "CASE WHEN given.has\(index) = 1 THEN \(value(columns[index], "value\(index)", "named\(index)")) ELSE \(other) END"
    }

    private func value(_ column: FixtureColumn, _ name: String, _ named: String = "named") -> String {
        switch column.kind {
        case .text, .integer, .bytes: "given.\(name)"
        case .flag: "given.\(name)::int::boolean"
        case .reference: "\(named).key"
        }
    }
}

extension FixtureColumn.Kind {
    /// The type in which the values travel.
    fileprivate var type: String {
        switch self {
        case .text, .reference: "text"
        case .integer, .flag: "bigint"
        case .bytes: "bytea"
        }
    }
}
#endif
