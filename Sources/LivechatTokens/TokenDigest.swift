internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The SHA-256 of a raw login token: what is stored in its place (contract C4).
///
/// A digest does not give the token away, but whoever holds one knows which row to look for, so it is not printed
/// either; ``base64`` is for the fixture.
public struct TokenDigest: Sendable {
    /// The 32 bytes of the digest.
    package let bytes: [UInt8]

    /// The length of a digest in bytes.
    public static let byteCount = 32

    init(hashing raw: String) {
        bytes = Array(SHA256.hash(data: Array(raw.utf8)))
    }

    /// Takes a digest from the store.
    ///
    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads base64(SHA-256), as the fixture writes it (contract C12).
    ///
    /// - Parameter base64: 44 characters of base64 with padding.
    /// - Returns: nil when it is anything else.
    public init?(base64: String) {
        // Foundation also takes one padding character too many and bits that no encoder leaves set.
        guard let data = Data(base64Encoded: base64), data.base64EncodedString().utf8.elementsEqual(base64.utf8) else {
            return nil
        }
        self.init(bytes: Array(data))
    }

    /// The digest as the fixture writes it: 44 characters of base64 with padding.
    public var base64: String { Data(bytes).base64EncodedString() }
}

extension TokenDigest: Hashable {
    /// Compares every byte whatever comes first, so that the time taken tells nothing (contract C4).
    public static func == (one: Self, other: Self) -> Bool {
        var difference: UInt8 = 0
        for (mine, theirs) in zip(one.bytes, other.bytes) { difference |= mine ^ theirs }
        return difference == 0
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension TokenDigest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always "TokenDigest(secret)".
    public var description: String { "TokenDigest(secret)" }
    /// Always "TokenDigest(secret)".
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
