package import LivechatJoin

/// An object of a fixture.
///
/// Everything about one of its keys that is not a database's stands in its list of keys.
package protocol FixtureObject: Equatable, Sendable {
    static var keys: FixtureKeys<Self> { get }
    /// An object whose keys are all left out.
    init()
}

extension FixtureObject {
    /// Makes an object with some of its keys.
    package init(_ fill: (inout Self) throws -> Void) rethrows {
        self.init()
        try fill(&self)
    }
}

/// An id alone, as a list of references has it, is an object without keys.
extension LivechatID: FixtureObject {
    package static var keys: FixtureKeys<Self> { FixtureKeys() }
    package init() { self.init(given: .leftOut) }
}

/// The keys that an object may have, in the order in which they are written.
package struct FixtureKeys<Object: FixtureObject>: Sendable {
    struct Key: Sendable {
        let name: String
        let read: @Sendable (inout JSONReader, inout Object) throws -> Void
        let write: @Sendable (inout JSONLine, Object) throws -> Void
    }

    let keys: [Key]
    let names: JSONNames
    /// How many of the first keys tell objects apart; exactly one of them must be there.
    let identifying: Int

    init(identifying: Int = 0, _ keys: Key...) {
        self.keys = keys
        names = JSONNames(keys.map(\.name))
        self.identifying = identifying
    }
}

extension FixtureKeys.Key {
    /// - Parameters:
    ///   - name: The key in the document.
    ///   - path: The property.
    ///   - mistake: What is wrong with a value of the right type, given the latest time at which something can have
    ///     happened; nil where nothing is.
    init<Property: FixtureProperty>(
        _ name: String,
        _ path: any WritableKeyPath<Object, Property> & Sendable,
        _ mistake: @escaping @Sendable (_ value: Property.Value, _ latest: LivechatTimestamp?) -> String? = { _, _ in
            nil
        }
    ) where Property.Value: JSONValue {
        self.name = name
        read = { reader, object in
            if Property.takesNull, try reader.takeNull() {
                object[keyPath: path] = Property(given: .null)
                return
            }
            let value = try Property.Value(from: &reader)
            if let mistake = mistake(value, reader.latest) { throw FixtureError(reader.place, mistake) }
            object[keyPath: path] = Property(given: .value(value))
        }
        write = { line, object in
            switch object[keyPath: path].given {
            case .leftOut: return
            case .null:
                line.key(name)
                line.raw("null")
            case .value(let value):
                line.key(name)
                try value.write(to: &line)
            }
        }
    }
}

extension JSONReader {
    mutating func object<Object: FixtureObject>() throws -> Object {
        let keys = Object.keys
        var object = Object()
        let seen = try members(keys.names) { reader, index in try keys.keys[index].read(&reader, &object) }
        guard keys.identifying > 0 else { return object }
        let found = (seen & ((1 << UInt64(keys.identifying)) - 1)).nonzeroBitCount
        if found == 1 { return object }
        let names = keys.names.texts.prefix(keys.identifying).map { "\"\($0)\"" }
        throw FixtureError(
            place,
            found == 0
                ? "\(names.joined(separator: " or ")) is missing"
                : "has both \(names.joined(separator: " and ")), give one of them"
        )
    }
}

extension JSONLine {
    mutating func object<Object: FixtureObject>(_ object: Object) throws {
        try members { line in
            for key in Object.keys.keys { try key.write(&line, object) }
        }
    }
}
