#if PostgreSQL
internal import LivechatFixture
internal import LivechatJoin

/// A value of a fixture on its way to a column.
enum FixtureValue {
    case text(String?)
    case integer(Int64?)
    case bytes([UInt8]?)
}

/// Objects of one kind that are written together.
final class FixtureBatch {
    private let table: FixtureTable
    private let now: LivechatTimestamp
    private var owners: [[String?]]
    private var identities: [FixtureValue] = []
    private var given: [[Int64?]]
    private var values: [[FixtureValue]]
    /// The owners whose lists are given: what they have and is not listed goes.
    private var replaced: [[String?]]
    private var count = 0
    /// What has been written.
    var change: FixtureSummary.Change

    /// - Parameters:
    ///   - kind: Where the objects stand in a fixture.
    ///   - table: Where they stand in the database.
    ///   - now: The time of the load.
    init(_ kind: String, _ table: FixtureTable, now: LivechatTimestamp) {
        self.table = table
        self.now = now
        change = FixtureSummary.Change(kind)
        owners = Array(repeating: [], count: table.owner.count)
        replaced = owners
        given = Array(repeating: [], count: table.columns.count)
        values = Array(repeating: [], count: table.columns.count)
    }

    /// Adds an object.
    ///
    /// - Parameters:
    ///   - owner: The ids of what it is a part of.
    ///   - identity: What tells it apart.
    ///   - columns: For each other column whether its key is given, and what for.
    func add(of owner: [String] = [], _ identity: FixtureValue? = nil, _ columns: (Bool, FixtureValue)...) {
        count += 1
        for (index, id) in owner.enumerated() { owners[index].append(id) }
        if let identity { identities.append(identity) }
        for (index, column) in columns.enumerated() {
            given[index].append(column.0 ? 1 : 0)
            values[index].append(column.1)
        }
    }

    /// Says that the objects of an owner are all that it is to have.
    func replace(of owner: [String]) {
        for (index, id) in owner.enumerated() { replaced[index].append(id) }
    }

    /// Writes what was added, and forgets it.
    func write(_ session: Session) throws {
        defer { clear() }
        try requireReferences(session)
        let arrays =
            [.integer(now.milliseconds)] + owners.map { .texts($0) }
            + (table.identity == nil ? [] : [Self.array(identities, table.identity)])
            + table.columns.indices.flatMap { index in
                [Value.integers(given[index]), Self.array(values[index], table.columns[index])]
            }
        if let first = replaced.first, !first.isEmpty {
            change.removed += try session.query(table.removal, arrays + replaced.map { .texts($0) }).written
        }
        if count == 0 { return }
        if !table.columns.isEmpty { change.changed += try session.query(table.change, arrays).written }
        change.added += try session.query(table.insertion, arrays).written
    }

    /// Refuses references to what has been removed since the document was checked, and keeps it from being removed.
    private func requireReferences(_ session: Session) throws {
        var named: [(FixtureKind, [FixtureValue])] = []
        if let identity = table.identity, case .reference(let kind) = identity.kind { named.append((kind, identities)) }
        for (index, column) in table.columns.enumerated() {
            if case .reference(let kind) = column.kind { named.append((kind, values[index])) }
        }
        for (kind, values) in named {
            let ids = Set(values.compactMap { if case .text(let id) = $0 { id } else { nil } })
            if ids.isEmpty { continue }
            let rows = try session.query(
                "SELECT id FROM livechat_\(kind.word) WHERE id = ANY ($1) FOR KEY SHARE",
                [.texts(ids.map { $0 })]
            )
            if rows.count == ids.count { continue }
            let found = Set((0..<rows.count).compactMap { rows.text($0, 0) })
            guard let missing = ids.subtracting(found).min() else { continue }
            throw FixtureError(
                FixturePlace(),
                "no \(kind.word) \(FixtureError.quoted(missing)) any more: it was removed meanwhile, load again"
            )
        }
    }

    private func clear() {
        count = 0
        for index in owners.indices { owners[index] = [] }
        for index in replaced.indices { replaced[index] = [] }
        identities = []
        for index in values.indices { (given[index], values[index]) = ([], []) }
    }

    private static func array(_ values: [FixtureValue], _ column: FixtureColumn?) -> Value {
        switch column?.kind {
        case .integer, .flag: .integers(values.map { if case .integer(let value) = $0 { value } else { nil } })
        case .bytes: .byteStrings(values.map { if case .bytes(let value) = $0 { value } else { nil } })
        default: .texts(values.map { if case .text(let value) = $0 { value } else { nil } })
        }
    }
}
#endif
