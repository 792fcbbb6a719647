/// An opaque id: 1 to 256 bytes of UTF-8 without a NUL, compared byte for byte (contract C1, C8).
///
/// Two ids that look the same but differ in their bytes (in case, or in how an accent is composed) are different
/// ids, unlike Swift's own strings. The type parameter keeps a user's id from being used as a room's.
///
/// ```swift
/// let user = try LivechatUserID("rocket.cat")
/// ```
public struct LivechatID<Entity>: Sendable {
    /// The id as text.
    public let string: String
    /// Whether every byte is ASCII.
    ///
    /// Such texts are equal as Swift compares them exactly when their bytes are, and Swift compares them fast.
    private let isASCII: Bool

    /// Takes an id from a configuration, a fixture or the embedder's own data.
    ///
    /// - Parameter string: 1 to 256 bytes of UTF-8.
    /// - Throws: ``InvalidLivechatID`` when it is empty, longer or has a NUL byte.
    public init(_ string: String) throws(InvalidLivechatID) {
        let count = string.utf8.count
        guard count > 0 else { throw .empty }
        guard count <= InvalidLivechatID.maximumBytes else { throw .tooLong(bytes: count) }
        let traits = TextTraits(of: string)
        guard !traits.hasNUL else { throw .hasNUL }
        self.string = string
        isASCII = traits.isASCII
    }

    /// Takes an id from a request, where a value that cannot be an id is no error: it matches nothing.
    ///
    /// It is nil when the value is empty, longer than 256 bytes or has a NUL byte (contract C1).
    ///
    /// - Parameter value: The value as it was sent.
    public init?(requested value: String) {
        self.init(requested: value, TextTraits(of: value))
    }

    /// Takes an id from a request whose bytes have been looked at already.
    ///
    /// It is nil when the value is empty, longer than 256 bytes or has a NUL byte (contract C1).
    package init?(requested value: String, _ traits: TextTraits) {
        let count = value.utf8.count
        guard count > 0, count <= InvalidLivechatID.maximumBytes, !traits.hasNUL else { return nil }
        string = value
        isASCII = traits.isASCII
    }

    /// Takes an id that was checked when it was stored.
    package init(stored string: String) {
        self.string = string
        isASCII = TextTraits(of: string).isASCII
    }
}

/// Why a text is not an id.
public enum InvalidLivechatID: Error, Hashable, Sendable {
    /// It has no bytes.
    case empty
    /// It has more than 256 bytes.
    case tooLong(bytes: Int)
    /// It has a NUL byte, at which other programs would cut it.
    case hasNUL

    /// The longest id, in bytes of UTF-8.
    public static let maximumBytes = 256
}

extension InvalidLivechatID: CustomStringConvertible {
    /// What is wrong, as the end of a sentence: "is empty, an id has 1 to 256 bytes".
    public var description: String {
        switch self {
        case .empty: "is empty, an id has 1 to \(Self.maximumBytes) bytes"
        case .tooLong(let bytes): "has \(bytes) bytes, an id has 1 to \(Self.maximumBytes)"
        case .hasNUL: "has a NUL byte, an id has none"
        }
    }
}

extension LivechatID: Hashable {
    /// Whether both have the same bytes.
    public static func == (one: Self, other: Self) -> Bool {
        if one.isASCII, other.isASCII { return one.string == other.string }
        let (bytes, others) = (one.string.utf8.span, other.string.utf8.span)
        guard bytes.count == others.count else { return false }
        for index in bytes.indices where bytes[index] != others[index] { return false }
        return true
    }

    /// Hashes the text; what is equal by bytes is equal as text, so it hashes alike.
    public func hash(into hasher: inout Hasher) { hasher.combine(string) }
}

extension LivechatID: Comparable {
    /// Whether one comes before the other in the order of their bytes.
    public static func < (one: Self, other: Self) -> Bool {
        one.string.utf8.lexicographicallyPrecedes(other.string.utf8)
    }
}

extension LivechatID: CustomStringConvertible {
    /// The id as text.
    public var description: String { string }
}
