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
    /// Whether a row that refers to nothing there is not passed over.
    let neverDangles: Bool
    /// Binds whether the key is given, and its value, to two parameters.
    ///
    /// It returns the key of the entity that the value names, if it names one.
    let bind: @Sendable (Object, borrowing Statement, Int32, FixtureReferences) throws -> Int64?
    /// Takes the value from a row; false when there is none.
    let read: @Sendable (inout Object, borrowing Row, Int32) -> Bool

    /// A column with the value of a property.
    init<Property: FixtureProperty>(
        _ name: StaticString,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        initially initial: StaticString = "NULL"
    ) where Property.Value: ColumnValue {
        self.name = name
        self.initial = initial
        selected = [name]
        neverDangles = false
        bind = { object, statement, index, _ in
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
    init<Property: FixtureProperty, Other>(
        _ name: StaticString,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        to kind: FixtureKind,
        neverDangles: Bool = false
    ) where Property.Value == LivechatID<Other> {
        self.name = name
        self.neverDangles = neverDangles
        initial = "NULL"
        // Empty, as no id is, where there is no such row.
        selected = [
            "iif(", name, " IS NULL, NULL, coalesce((SELECT id FROM livechat_", kind.word,
            " AS other WHERE other.key = ",
            name, "), ''))",
        ]
        bind = { object, statement, index, references in
            let given = object[keyPath: path].given
            let key = try given.value.map { id in try references.reference(to: kind, id.string) }
            try statement.bind(index, given.isGiven)
            try statement.bind(index + 1, key)
            return key
        }
        read = { object, row, column in
            let id = row.text(column)
            object[keyPath: path] = Property(given: id.isEmpty ? .null : .value(LivechatID(stored: id)))
            return !id.isEmpty
        }
    }
}
