internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// The rows of one table of a fixture's, read and written with statements that are prepared once.
///
/// Most rows of a large load are new, so one is inserted first and updated where that did nothing: an upsert that could
/// change a reference keeps a journal of its own, in which it copies every page that it changes.
final class FixtureRows<Object: FixtureObject> {
    private let name: StaticString
    private let identity: [FixtureColumn<Object>]
    private let columns: [FixtureColumn<Object>]
    private let references: FixtureReferences
    private let selection: Statement
    private let insertion: Statement
    private let changing: Statement
    private let removal: Statement
    /// What has been written.
    var change: FixtureSummary.Change

    /// Prepares the statements of one table.
    ///
    /// - Parameters:
    ///   - connection: The connection that reads and writes.
    ///   - references: Finds the keys of the entities that objects name.
    ///   - kind: Where the objects stand in a fixture.
    ///   - name: The table.
    ///   - owner: The columns with the key of the row that each row is a part of; none for entities.
    ///   - identity: The column that tells rows apart, if there can be more than one of the same owner.
    ///   - columns: The other columns.
    /// - Throws: `SQLiteError` when the table or one of its columns is not there.
    init(
        _ connection: borrowing Connection,
        _ references: FixtureReferences,
        _ kind: String,
        _ name: StaticString,
        of owner: StaticString...,
        by identity: FixtureColumn<Object>...,
        columns: [FixtureColumn<Object>] = []
    ) throws(SQLiteError) {
        let table = FixtureTable(name: name, owner: owner, identity: identity, columns: columns)
        self.name = name
        self.identity = identity
        self.columns = table.all
        self.references = references
        change = FixtureSummary.Change(kind)
        selection = try connection.prepare(table.selection)
        insertion = try connection.prepare(table.insertion)
        changing = try connection.prepare(table.change)
        removal = try connection.prepare(table.removal)
    }

    // MARK: Reading

    /// Reads all entities, or what belongs to one, in the order of their ids' bytes.
    ///
    /// - Parameters:
    ///   - owner: The key of the row that they belong to; empty for entities.
    ///   - isWhole: Whether to read more than what tells objects apart.
    ///   - body: Takes an object, and the key by which others refer to it.
    /// - Throws: `SQLiteError` when rows cannot be read or one refers to what is gone; what `body` throws.
    func each(
        of owner: [Int64] = [],
        isWhole: Bool = true,
        _ body: (inout Object, Int64) throws -> Void
    ) throws {
        for (index, key) in owner.enumerated() { try selection.bind(Int32(1 + index), key) }
        try selection.eachRowThrowing { row in
            var object = Object()
            for (index, column) in (isWhole ? columns : identity).enumerated() {
                let number = Int32(1 + index)
                if column.read(&object, row, number) { continue }
                if isWhole, column.neverDangles, !row.isNull(number) {
                    throw SQLiteError.danglingReference(in: "\(name)")
                }
                // Without what tells it apart it is nothing that a fixture could say.
                if index < identity.count { return }
            }
            try body(&object, row.integer(0))
        }
    }

    /// What belongs to one entity.
    func all(of owner: [Int64], isWhole: Bool = true) throws -> [Object] {
        var objects: [Object] = []
        try each(of: owner, isWhole: isWhole) { object, _ in objects.append(object) }
        return objects
    }

    // MARK: Writing

    /// Inserts an object unless a row stands for it already.
    ///
    /// - Returns: The key of the row if it was inserted, and the key that tells it apart if it is a reference.
    func insert(_ object: Object, of owner: [Int64] = []) throws -> (inserted: Int64?, identity: Int64?) {
        let other = try bind(object, columns, to: insertion, of: owner)
        let key = try insertion.insert()
        if key != nil { change.added += 1 }
        return (key, other)
    }

    /// Updates the row that stands for an object.
    ///
    /// - Returns: Whether there is one and it differed.
    func update(_ object: Object, of owner: [Int64] = []) throws -> Bool {
        if columns.count == identity.count { return false }
        try bind(object, columns, to: changing, of: owner)
        return try changing.runAndCount() > 0
    }

    /// Inserts an object, or updates the row that stands for it already.
    ///
    /// - Returns: The key that tells it apart, if it is a reference.
    @discardableResult
    func enter(_ object: Object, of owner: [Int64]) throws -> Int64? {
        let (inserted, other) = try insert(object, of: owner)
        if try inserted == nil && update(object, of: owner) { change.changed += 1 }
        return other
    }

    /// Deletes the row of an object.
    func remove(_ object: Object, of owner: [Int64]) throws {
        try bind(object, identity, to: removal, of: owner)
        change.removed += Int(try removal.runAndCount())
    }

    /// - Returns: The key that tells the row apart, if it is a reference.
    @discardableResult
    private func bind(
        _ object: Object,
        _ columns: [FixtureColumn<Object>],
        to statement: borrowing Statement,
        of owner: [Int64]
    ) throws -> Int64? {
        try statement.bind(1, references.now.milliseconds)
        for (index, key) in owner.enumerated() { try statement.bind(Int32(2 + index), key) }
        var key: Int64?
        for (index, column) in columns.enumerated() {
            let other = try column.bind(object, statement, Int32(4 + 2 * index), references)
            if index < identity.count { key = other }
        }
        return key
    }
}
