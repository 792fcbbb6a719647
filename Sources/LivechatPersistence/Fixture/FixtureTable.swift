internal import LivechatFixture

/// The statements of a table in which one kind of a fixture's objects stands.
///
/// In what they write, `?1` is the time of the load, and `?2` and `?3` are the key of the row that this one is a part
/// of. From `?4` on each column has two parameters: whether its key is given, and what for.
struct FixtureTable<Object: FixtureObject> {
    let name: StaticString
    let owner: [StaticString]
    let identity: [FixtureColumn<Object>]
    let columns: [FixtureColumn<Object>]

    /// All columns, in the order of their parameters and of a row that is selected.
    var all: [FixtureColumn<Object>] { identity + columns }

    /// The column with the key by which lists refer to a row.
    private var key: StaticString { owner.first.map { identity.first?.name ?? $0 } ?? "key" }

    /// Inserts a row unless there is one already.
    var insertion: [StaticString] {
        let owners = owner.map { [$0] }
        var values = owner.indices.map { [Self.ownerValues[$0]] }
        for (index, column) in all.enumerated() { values.append(given(index, else: column.initial)) }
        return ["INSERT INTO ", name, " ("] + Self.list(owners + all.map { [$0.name] }) + [") VALUES ("]
            + Self.list(values) + [") ON CONFLICT ("] + Self.list(owners + identity.map { [$0.name] })
            + [") DO NOTHING"]
    }

    /// Updates a row where it differs: a host's triggers would see a change that is none (contract C17).
    var change: [StaticString] {
        var values: [[StaticString]] = []
        var differences: [StaticString] = ["FALSE"]
        for (index, column) in columns.enumerated() {
            let value = given(index + identity.count, else: column.name)
            values.append([column.name, " = "] + value)
            differences += [" OR ", column.name, " IS NOT "] + value
        }
        // An UPDATE has to set something.
        if values.isEmpty { values = [[key, " = ", key]] }
        return ["UPDATE ", name, " SET "] + Self.list(values) + condition + [" AND ("] + differences + [")"]
    }

    /// Deletes a row.
    var removal: [StaticString] { ["DELETE FROM ", name] + condition }

    private var condition: [StaticString] {
        let owners = owner.indices.map { [owner[$0], " = ", Self.ownerValues[$0]] }
        let matches = owners + identity.indices.map { [identity[$0].name, " = ", Self.value($0)] }
        return [" WHERE "] + Self.list(matches, " AND ")
    }

    /// Selects the rows of an owner, `?1` and `?2`, or all entities, in their order.
    var selection: [StaticString] {
        var parts: [StaticString] = ["SELECT ", key]
        for column in all { parts += [", "] + column.selected }
        parts += [" FROM ", name]
        if !owner.isEmpty { parts += [" WHERE ", owner[0], " = ?1"] }
        if owner.count > 1 { parts += [" AND ", owner[1], " = ?2"] }
        return identity.isEmpty ? parts : parts + [" ORDER BY 2"]
    }

    /// What was given for a column, or something else.
    private func given(_ column: Int, else other: StaticString) -> [StaticString] {
        ["iif(", Self.parameters[2 * column], ", ", Self.value(column), ", ", other, ")"]
    }

    private static func value(_ column: Int) -> StaticString { parameters[2 * column + 1] }

    private static var ownerValues: [StaticString] { ["?2", "?3"] }

    private static var parameters: [StaticString] {
        ["?4", "?5", "?6", "?7", "?8", "?9", "?10", "?11", "?12", "?13", "?14", "?15", "?16", "?17"]
    }

    private static func list(_ items: [[StaticString]], _ separator: StaticString = ", ") -> [StaticString] {
        Array(items.joined(separator: [separator]))
    }
}
