internal import LivechatJoin

/// The values that several entities of a fixture have.
extension JSONReader {
    mutating func given<Value>(_ read: (inout JSONReader) throws -> Value) throws -> Given<Value> {
        try takeNull() ? .null : .value(read(&self))
    }

    mutating func list<Value>(_ read: (inout JSONReader) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try array { values.append(try read(&$0)) }
        return values
    }

    /// Reads a list in which nothing may stand twice.
    ///
    /// - Parameters:
    ///   - key: What tells elements apart.
    ///   - repeated: What is wrong with an element that is in the list already.
    mutating func list<Value, Key: Hashable>(
        by key: (Value) -> Key,
        _ repeated: (JSONReader, Value) -> FixtureError,
        _ read: (inout JSONReader) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        var seen: Set<Key> = []
        try array { reader in
            let value = try read(&reader)
            let isNew: Bool
            // A short list, as nearly all are, is searched faster than hashed.
            if values.count < 8 {
                isNew = !values.contains { key($0) == key(value) }
            } else {
                if seen.isEmpty { seen = Set(values.map(key)) }
                isNew = seen.insert(key(value)).inserted
            }
            guard isNew else { throw repeated(reader, value) }
            values.append(value)
        }
        return values
    }

    func required<Value>(_ value: Value?, _ key: String) throws(FixtureError) -> Value {
        guard let value else { throw FixtureError(place, "\"\(key)\" is missing") }
        return value
    }

    mutating func id<Entity>() throws(FixtureError) -> LivechatID<Entity> {
        let text = try string()
        do throws(InvalidLivechatID) {
            return try LivechatID(text)
        } catch {
            throw FixtureError(place, error.description)
        }
    }

    mutating func ids<Entity>() throws -> [LivechatID<Entity>] {
        try list(
            by: { $0 },
            { FixtureError($0.place, "\(FixtureError.quoted($1.string)) is in the list already") },
            { try $0.id() }
        )
    }

    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>() throws(FixtureError) -> Choice {
        let text = try string()
        if let choice = Choice.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) { return choice }
        let choices = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        throw FixtureError(place, "expected \(choices), found \(FixtureError.quoted(text))")
    }

    mutating func roomKind() throws(FixtureError) -> String {
        let kind = try string()
        guard (1...InvalidLivechatID.maximumBytes).contains(kind.utf8.count) else {
            let count = kind.utf8.count
            throw FixtureError(place, "has \(count) bytes, a kind has 1 to \(InvalidLivechatID.maximumBytes)")
        }
        return kind
    }

    mutating func time() throws(FixtureError) -> LivechatTimestamp {
        let text = try string()
        guard let time = LivechatTimestamp(rfc3339: text) else {
            let example = #""2026-01-02T03:04:05Z""#
            throw FixtureError(
                place,
                "\(FixtureError.quoted(text)) is no time with a zone in the years 0000 to 9999, such as \(example)"
            )
        }
        return time
    }
}
