internal import LivechatFixture
internal import LivechatJoin
internal import LivechatSQLite

/// The key of a row of a fixture, and whether the load has made it.
struct Entered {
    let key: Int64
    let isNew: Bool
}

/// The keys of what a room refers to.
struct RoomLinks {
    var servedBy = Given<Int64>.leftOut
    var department = Given<Int64>.leftOut
}

/// Tells what a document names for the second time.
///
/// What the load has made has a higher key than all that was there before, so it need not be remembered: the second
/// time it is not new.
struct SeenKeys {
    private let highest: Int64
    private var older: Set<Int64> = []

    /// - Parameter highest: The highest key there is; nil when there is none.
    init(highest: Int64?) { self.highest = highest ?? .min }

    /// - Returns: Whether it was named for the first time.
    mutating func insert(_ entered: Entered) -> Bool {
        if entered.key > highest { return entered.isNew }
        return older.insert(entered.key).inserted
    }
}

/// The keys that were looked up last, for entities of which there are few.
struct KeyMemory<Entity> {
    private var keys: [LivechatID<Entity>: Int64] = [:]

    private static var capacity: Int { 1_024 }

    mutating func key(of id: LivechatID<Entity>, _ find: (String) throws -> Int64?) rethrows -> Int64? {
        if let key = keys[id] { return key }
        guard let key = try find(id.string) else { return nil }
        if keys.count >= Self.capacity { keys.removeAll(keepingCapacity: true) }
        keys[id] = key
        return key
    }
}

extension Given {
    /// Whether the key is there, with a value or null.
    var isGiven: Bool { if case .leftOut = self { false } else { true } }
}
