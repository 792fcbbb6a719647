internal import LivechatJoin

/// A value that a key of a fixture can have.
protocol JSONValue: Sendable {
    init(from reader: inout JSONReader) throws
    func write(to line: inout JSONLine) throws
}

extension JSONValue where Self: FixtureObject {
    init(from reader: inout JSONReader) throws { self = try reader.object() }
    func write(to line: inout JSONLine) throws { try line.object(self) }
}

extension FixtureInquiry: JSONValue {}

extension Bool: JSONValue {
    init(from reader: inout JSONReader) throws { self = try reader.bool() }
    func write(to line: inout JSONLine) { line.raw(self ? "true" : "false") }
}

extension Int: JSONValue {
    init(from reader: inout JSONReader) throws { self = try reader.integer() }
    func write(to line: inout JSONLine) { line.raw("\(self)") }
}

extension Double: JSONValue {
    init(from reader: inout JSONReader) throws { self = try reader.number() }

    func write(to line: inout JSONLine) throws {
        guard isFinite else { throw FixtureError(line.place, "\(self) cannot be written in JSON") }
        line.raw(description.hasSuffix(".0") ? String(description.dropLast(2)) : description)
    }
}

extension String: JSONValue {
    init(from reader: inout JSONReader) throws { self = try reader.string() }
    func write(to line: inout JSONLine) { JSONString.append(self, to: &line.bytes) }
}

extension LivechatVisitorToken: JSONValue {
    init(from reader: inout JSONReader) throws { self.init(try reader.string()) }
    func write(to line: inout JSONLine) { value.write(to: &line) }
}

extension LivechatTimestamp: JSONValue {
    init(from reader: inout JSONReader) throws {
        let text = try reader.string()
        guard let time = LivechatTimestamp(rfc3339: text) else {
            let example = #""2026-01-02T03:04:05Z""#
            throw FixtureError(
                reader.place,
                "\(FixtureError.quoted(text)) is no time with a zone in the years 0000 to 9999, such as \(example)"
            )
        }
        self = time
    }

    func write(to line: inout JSONLine) { line.quoted { appendRFC3339(to: &$0) } }
}

/// A value that is one of a few words.
protocol JSONChoice: JSONValue, CaseIterable, RawRepresentable<String> {}

extension JSONChoice {
    init(from reader: inout JSONReader) throws {
        let text = try reader.string()
        guard let choice = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            let choices = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw FixtureError(reader.place, "expected \(choices), found \(FixtureError.quoted(text))")
        }
        self = choice
    }

    func write(to line: inout JSONLine) { rawValue.write(to: &line) }
}

extension LivechatRole.Scope: JSONChoice {}
extension LivechatTokenRecord.Kind: JSONChoice {}

/// A value that may stand in a list once.
protocol JSONListed: JSONValue {
    associatedtype Identity: Hashable
    var identity: Identity { get }
    /// What is wrong with one that is in the list already.
    func repetition(at place: FixturePlace) -> FixtureError
}

extension Array: JSONValue where Element: JSONListed {
    init(from reader: inout JSONReader) throws {
        var values: [Element] = []
        var seen: Set<Element.Identity> = []
        try reader.array { reader in
            let value = try Element(from: &reader)
            let isNew: Bool
            // A short list, as nearly all are, is searched faster than hashed.
            if values.count < 8 {
                isNew = !values.contains { $0.identity == value.identity }
            } else {
                if seen.isEmpty { seen = Set(values.map(\.identity)) }
                isNew = seen.insert(value.identity).inserted
            }
            guard isNew else { throw value.repetition(at: reader.place) }
            values.append(value)
        }
        self = values
    }

    func write(to line: inout JSONLine) throws {
        line.raw("[")
        for (index, value) in enumerated() {
            if index > 0 { line.raw(", ") }
            try value.write(to: &line)
        }
        line.raw("]")
    }
}

extension LivechatID: JSONListed {
    init(from reader: inout JSONReader) throws {
        let text = try reader.string()
        do throws(InvalidLivechatID) {
            try self.init(text)
        } catch {
            throw FixtureError(reader.place, error.description)
        }
    }

    func write(to line: inout JSONLine) { string.write(to: &line) }

    var identity: Self { self }

    func repetition(at place: FixturePlace) -> FixtureError {
        FixtureError(place, "\(FixtureError.quoted(string)) is in the list already")
    }
}

extension FixtureMember: JSONListed {
    var identity: LivechatUserID { userID }
    func repetition(at place: FixturePlace) -> FixtureError { userID.repetition(at: place.key("userId")) }
}

extension FixtureToken: JSONListed {
    var identity: LivechatTokenDigest { digest }

    func repetition(at place: FixturePlace) -> FixtureError {
        FixtureError(place, "the token is in the list already")
    }
}

extension LivechatTokenDigest: JSONValue {
    init(from reader: inout JSONReader) throws {
        guard let digest = LivechatTokenDigest(base64: try reader.string()) else {
            throw FixtureError(reader.place, "is not the base64 of 32 bytes")
        }
        self = digest
    }

    func write(to line: inout JSONLine) { line.quoted { appendBase64(to: &$0) } }
}
