internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// A column in which a property of a fixture's object stands.
struct FixtureColumn<Object: FixtureObject>: Sendable {
    let name: StaticString
    /// What a new row has where the key is left out.
    let initial: StaticString
    /// How it is selected.
    let selected: [StaticString]
    /// Binds whether the key is given, and its value, to two parameters. Returns the key of an entity that it names.
    let bind: @Sendable (Object, borrowing Statement, Int32, FixtureReferences, () -> FixturePlace) throws -> Int64?
    /// Takes the value from a row; false when there is none.
    let read: @Sendable (inout Object, borrowing Row, Int32) throws -> Bool

    /// A column with the value of a property.
    init<Property: FixtureProperty>(
        _ name: StaticString,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        initially initial: StaticString = "NULL"
    ) where Property.Value: ColumnValue {
        self.name = name
        self.initial = initial
        selected = [name]
        bind = { object, statement, index, _, _ in
            let given = object[keyPath: path].given
            try statement.bind(index, given.isGiven)
            if let value = given.value {
                try value.bind(to: statement, index + 1)
            } else {
                try statement.bind(index + 1, nil as Int64?)
            }
            return nil
        }
        read = { object, row, column in
            let value = row.isNull(column) ? nil : Property.Value(row, column)
            object[keyPath: path] = Property(given: Given(value))
            return value != nil
        }
    }

    /// A column with the key of the entity that a property names.
    ///
    /// - Parameter table: The column's table, if a row that refers to nothing keeps it from being dumped.
    init<Property: FixtureProperty, Other>(
        _ name: StaticString,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        to kind: FixtureKind,
        neverDanglingIn table: StaticString? = nil
    ) where Property.Value == LivechatID<Other> {
        self.name = name
        initial = "NULL"
        // Empty, as no id is, where there is no such row.
        selected = [
            "iif(", name, " IS NULL, NULL, coalesce((SELECT id FROM livechat_", kind.word,
            " AS other WHERE other.key = ",
            name, "), ''))",
        ]
        bind = { object, statement, index, references, place in
            let given = object[keyPath: path].given
            let key = try given.value.flatMap { id in
                try references.key(of: kind, id.string) { place().key(Object.keys.name(of: path)) }
            }
            // One that is left for the second reading counts as left out.
            try statement.bind(index, given.isGiven && (given.value == nil) == (key == nil))
            try statement.bind(index + 1, key)
            return key
        }
        read = { object, row, column in
            let id = row.text(column)
            if let table, id.isEmpty, !row.isNull(column) { throw SQLiteError.danglingReference(in: "\(table)") }
            object[keyPath: path] = Property(given: id.isEmpty ? .null : .value(LivechatID(stored: id)))
            return !id.isEmpty
        }
    }
}

/// A list of ids that a property has, each of which is a row that connects two others.
struct FixtureList<Object: FixtureObject>: Sendable {
    let table: StaticString
    /// The columns of the key that has the list.
    let owner: [StaticString]
    let other: FixtureKind
    /// Whether a row that refers to nothing keeps the list from being dumped.
    let neverDangling: Bool
    /// The name of the property's key.
    let name: String
    /// The ids; nil when the key is left out.
    let ids: @Sendable (Object) -> [String]?
    let set: @Sendable (inout Object, [String]) -> Void

    init<Property: FixtureProperty, Other>(
        _ table: StaticString,
        of owner: StaticString...,
        with other: FixtureKind,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        neverDangling: Bool = false
    ) where Property.Value == [LivechatID<Other>] {
        self.table = table
        self.owner = owner
        self.other = other
        self.neverDangling = neverDangling
        name = Object.keys.name(of: path)
        ids = { object in
            let given = object[keyPath: path].given
            return given.isGiven ? (given.value ?? []).map(\.string) : nil
        }
        set = { object, ids in
            // Where null may stand for the list, it says the same as an empty one.
            let isNull = Property.takesNull && ids.isEmpty
            object[keyPath: path] = Property(given: isNull ? .null : .value(ids.map(LivechatID<Other>.init(stored:))))
        }
    }
}
