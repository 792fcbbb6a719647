package import LivechatJoin

/// What a fixture says for a key that `null` is allowed for: an entity that exists keeps the value of a key that is
/// left out, and null sets none (contract C12).
package enum Given<Value> {
    /// The key is not there.
    case leftOut
    /// The key is there with null.
    case null
    /// The key is there with a value.
    case value(Value)

    /// What a dump says of a value: it, or null.
    package init(_ value: Value?) { self = value.map(Given.value) ?? .null }

    /// The value, or nil for null and for a key that is left out.
    package var value: Value? { if case .value(let value) = self { value } else { nil } }

    /// Whether the key is there, with a value or null.
    package var isGiven: Bool { if case .leftOut = self { false } else { true } }
}

extension Given: Sendable where Value: Sendable {}
extension Given: Equatable where Value: Equatable {}

/// A type that a property of a fixture's object has.
///
/// It says what the property's key may be: an optional may be left out, a `Given` may also be null, and any other type
/// must have a value.
package protocol FixtureProperty<Value>: SendableMetatype {
    associatedtype Value
    /// Whether the key may be null.
    static var takesNull: Bool { get }
    /// What stands for the key.
    var given: Given<Value> { get }
    init(given: Given<Value>)
}

extension FixtureProperty {
    package static var takesNull: Bool { false }
}

extension Given: FixtureProperty {
    package static var takesNull: Bool { true }
    package var given: Given<Value> { self }
    package init(given: Given<Value>) { self = given }
}

extension Optional: FixtureProperty {
    package var given: Given<Wrapped> { map(Given.value) ?? .leftOut }
    package init(given: Given<Wrapped>) { self = given.value }
}

/// An id must be there; it is empty, as no id in a document is, until it has been read.
extension LivechatID: FixtureProperty {
    package var given: Given<Self> { .value(self) }
    package init(given: Given<Self>) { self = given.value ?? LivechatID(stored: "") }
}

/// A digest must be there; it is that of an empty token until it has been read.
extension LivechatTokenDigest: FixtureProperty {
    private static let unread = LivechatToken("").digest

    package var given: Given<Self> { .value(self) }
    package init(given: Given<Self>) { self = given.value ?? Self.unread }
}
