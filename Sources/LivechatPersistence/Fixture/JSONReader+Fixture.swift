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

    func required<Value>(_ value: Value?, _ key: String) throws(FixtureError) -> Value {
        guard let value else { throw FixtureError(place, "\"\(key)\" is missing") }
        return value
    }

    mutating func id<Entity>() throws(FixtureError) -> Identifier<Entity> {
        let text = try string()
        do throws(InvalidIdentifier) {
            return try Identifier(text)
        } catch {
            throw FixtureError(place, error.description)
        }
    }

    mutating func ids<Entity>() throws -> [Identifier<Entity>] {
        var seen: Set<Identifier<Entity>> = []
        return try list { reader in
            let id: Identifier<Entity> = try reader.id()
            guard seen.insert(id).inserted else {
                throw FixtureError(reader.place, "\(FixtureError.quoted(id.string)) is in the list already")
            }
            return id
        }
    }

    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>() throws(FixtureError) -> Choice {
        let text = try string()
        if let choice = Choice.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) { return choice }
        let choices = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        throw FixtureError(place, "expected \(choices), found \(FixtureError.quoted(text))")
    }

    mutating func roomKind() throws(FixtureError) -> String {
        let kind = try string()
        guard (1...InvalidIdentifier.maximumBytes).contains(kind.utf8.count) else {
            let count = kind.utf8.count
            throw FixtureError(place, "has \(count) bytes, a kind has 1 to \(InvalidIdentifier.maximumBytes)")
        }
        return kind
    }

    mutating func time() throws(FixtureError) -> Timestamp {
        let text = try string()
        guard let time = Timestamp(rfc3339: text) else {
            let example = #""2026-01-02T03:04:05Z""#
            throw FixtureError(
                place,
                "\(FixtureError.quoted(text)) is no time with a zone in the years 0000 to 9999, such as \(example)"
            )
        }
        return time
    }
}
