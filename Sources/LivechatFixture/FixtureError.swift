internal import LivechatJoin

/// What is wrong with a fixture, and where (contract C12).
///
/// ```text
/// rooms[3].servedBy: no user "u9"
/// ```
public struct FixtureError: Error, Hashable, Sendable {
    /// Where it is wrong, such as "rooms[3].servedBy"; "fixture" for the document as a whole.
    public let place: String
    /// What is wrong there; never the value of a token.
    public let message: String

    /// Describes a mistake.
    package init(_ place: FixturePlace, _ message: String) {
        self.place = place.description
        self.message = message
    }

    /// A value as a message quotes it: escaped as in JSON, and cut when it is long.
    package static func quoted(_ value: String) -> String {
        guard value.utf8.count > longestQuote else { return JSONString.quoted(value) }
        var kept = ""
        for scalar in value.unicodeScalars {
            guard kept.utf8.count + UTF8.width(scalar) <= longestQuote else { break }
            kept.unicodeScalars.append(scalar)
        }
        return JSONString.quoted(kept) + "… (\(value.utf8.count) bytes)"
    }

    private static let longestQuote = 80
}

extension FixtureError: CustomStringConvertible {
    /// The place and what is wrong there, in one line.
    public var description: String { "\(place): \(message)" }
}

/// Where something stands in a fixture, such as `rooms[3].members[0].userId`.
package struct FixturePlace: Hashable, Sendable, CustomStringConvertible {
    private enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    private var steps: [Step] = []

    /// The whole document.
    package init() {}

    /// The value of a key of the object here.
    package func key(_ name: String) -> FixturePlace {
        var inner = self
        inner.enter(key: name)
        return inner
    }

    /// An element of the list here, counted from 0.
    package func index(_ index: Int) -> FixturePlace {
        var inner = self
        inner.enter(index: index)
        return inner
    }

    mutating func enter(key name: String) { steps.append(.key(name)) }
    mutating func enter(index: Int) { steps.append(.index(index)) }
    mutating func leave() { steps.removeLast() }

    package var description: String {
        guard !steps.isEmpty else { return "fixture" }
        var text = ""
        for step in steps {
            switch step {
            case .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
