internal import LivechatFixture
internal import LivechatJoin

/// An entity that others refer to by its key.
enum FixtureKind: Int, CaseIterable {
    case role, permission, user, department, room

    /// What it is called in messages, in the name of its table, and in columns that refer to it.
    var word: StaticString {
        switch self {
        case .role: "role"
        case .permission: "permission"
        case .user: "user"
        case .department: "department"
        case .room: "room"
        }
    }
}

/// A table in which one kind of a fixture's objects stands, from which its statements follow.
///
/// In what they write, `?1` is the time of the load and `?2` the key of the row that this one is a part of. Two
/// parameters follow for each column: whether its key is given, and what for.
struct FixtureTable<Object: FixtureObject>: Sendable {
    private let name: [StaticString]
    /// The column with the key of the row that this one is a part of; nil for an entity.
    private let owner: StaticString?
    /// The column with the key that lists have.
    private let key: StaticString
    /// The column that tells rows apart, if there is more than one of the same owner.
    let identity: [FixtureColumn<Object>]
    private let columns: [FixtureColumn<Object>]
    let lists: [FixtureList<Object>]

    /// A table of entities.
    init<Entity>(
        of kind: FixtureKind,
        id: any WritableKeyPath<Object, LivechatID<Entity>> & Sendable,
        columns: [FixtureColumn<Object>],
        lists: [FixtureList<Object>] = []
    ) {
        name = ["livechat_", kind.word]
        owner = nil
        key = "key"
        identity = [FixtureColumn("id", id)]
        self.columns = columns
        self.lists = lists
    }

    /// A table of what belongs to an entity.
    init(
        partsIn name: StaticString,
        of owner: StaticString,
        by identity: FixtureColumn<Object>? = nil,
        columns: [FixtureColumn<Object>],
        lists: [FixtureList<Object>] = []
    ) {
        self.name = [name]
        self.owner = owner
        key = identity?.name ?? owner
        self.identity = identity.map { [$0] } ?? []
        self.columns = columns
        self.lists = lists
    }

    /// All columns, in the order of their parameters and of a row that is selected.
    var all: [FixtureColumn<Object>] { identity + columns }

    /// Inserts a row unless there is one already.
    var insertion: [StaticString] {
        let owner = owner.map { [$0] } ?? []
        let values = all.indices.map { ["iif(", Self.flag($0), ", ", Self.value($0), ", ", all[$0].initial, ")"] }
        return ["INSERT INTO "] + name + [" ("] + Self.list((owner + all.map(\.name)).map { [$0] }) + [") VALUES ("]
            + Self.list(owner.map { _ in ["?2"] } + values) + [") ON CONFLICT ("]
            + Self.list((owner + identity.map(\.name)).map { [$0] }) + [") DO NOTHING"]
    }

    /// Updates a row where it differs: a host's triggers would see a change that is none (contract C17).
    var change: [StaticString] {
        let values = columns.indices.map { index -> (name: StaticString, value: [StaticString]) in
            let (parameter, name) = (index + identity.count, columns[index].name)
            return (name, ["iif(", Self.flag(parameter), ", ", Self.value(parameter), ", ", name, ")"])
        }
        // An UPDATE has to set something.
        let kept = values.isEmpty ? [[key, " = ", key]] : []
        return ["UPDATE "] + name + [" SET "] + Self.list(kept + values.map { [$0.name, " = "] + $0.value }) + condition
            + [" AND (FALSE"] + values.flatMap { [" OR ", $0.name, " IS NOT "] + $0.value } + [")"]
    }

    /// Deletes a row.
    var removal: [StaticString] { ["DELETE FROM "] + name + condition }

    private var condition: [StaticString] {
        let owners: [[StaticString]] = owner.map { [[$0, " = ?2"]] } ?? []
        let matches = owners + identity.indices.map { [identity[$0].name, " = ", Self.value($0)] }
        return [" WHERE "] + Self.list(matches, " AND ")
    }

    /// Selects the rows of an owner, which is `?1`, or all entities, in their order.
    var selection: [StaticString] {
        ["SELECT ", key] + all.flatMap { [", "] + $0.selected } + [" FROM "] + name
            + (owner.map { [" WHERE ", $0, " = ?1"] } ?? []) + (identity.isEmpty ? [] : [" ORDER BY 2"])
    }

    private static func flag(_ column: Int) -> StaticString { parameters[2 * column] }
    private static func value(_ column: Int) -> StaticString { parameters[2 * column + 1] }

    private static var parameters: [StaticString] {
        ["?3", "?4", "?5", "?6", "?7", "?8", "?9", "?10", "?11", "?12", "?13", "?14", "?15", "?16"]
    }

    private static func list(_ items: [[StaticString]], _ separator: StaticString = ", ") -> [StaticString] {
        Array(items.joined(separator: [separator]))
    }
}
