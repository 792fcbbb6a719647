internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The SHA-256 of a raw login token: what is stored in its place (contract C4).
///
/// A digest does not give the token away, but it shows which row to look for, so it is not printed
/// either; ``base64`` is for the fixture.
public struct LivechatTokenDigest: Sendable {
    /// The 32 bytes of the digest, the first in the highest byte of the first word.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The 32 bytes of the digest.
    package var bytes: InlineArray<32, UInt8> {
        var bytes = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<8 {
            let shift = UInt64(56 - index * 8)
            bytes[index] = UInt8(truncatingIfNeeded: words.0 >> shift)
            bytes[8 + index] = UInt8(truncatingIfNeeded: words.1 >> shift)
            bytes[16 + index] = UInt8(truncatingIfNeeded: words.2 >> shift)
            bytes[24 + index] = UInt8(truncatingIfNeeded: words.3 >> shift)
        }
        return bytes
    }

    /// A number from 0 to 255 by which digests can be spread evenly.
    package var spread: Int { Int(words.3 & 0xff) }

    /// The length of a digest in bytes.
    public static let byteCount = 32

    init(hashing raw: borrowing String) {
        self.init(SHA256.hash(data: Array(raw.utf8)))
    }

    /// - Parameter bytes: 32 bytes. A digest of swift-crypto gives them one by one faster than as an array.
    private init(_ bytes: some Sequence<UInt8>) {
        var bytes = bytes.makeIterator()
        func word() -> UInt64 {
            var word: UInt64 = 0
            for _ in 0..<8 { word = word << 8 | UInt64(bytes.next() ?? 0) }
            return word
        }
        words = (word(), word(), word(), word())
    }

    /// Takes a digest from the store.
    ///
    /// It is nil unless there are exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(bytes)
    }

    /// Reads base64(SHA-256), as the fixture writes it (contract C12).
    ///
    /// It is nil when the text is anything else.
    ///
    /// - Parameter base64: 44 characters of base64 with padding.
    public init?(base64: String) {
        // Foundation also takes one padding character too many and bits that no encoder leaves set.
        guard let data = Data(base64Encoded: base64), data.base64EncodedString().utf8.elementsEqual(base64.utf8) else {
            return nil
        }
        self.init(bytes: Array(data))
    }

    /// The digest as the fixture writes it: 44 characters of base64 with padding.
    public var base64: String {
        var base64: [UInt8] = []
        appendBase64(to: &base64)
        return String(decoding: base64, as: UTF8.self)
    }

    /// Appends the bytes of ``base64``.
    package func appendBase64(to base64: inout [UInt8]) {
        let bytes = bytes
        for start in stride(from: 0, to: 30, by: 3) {
            let group = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
            for shift: UInt32 in [18, 12, 6, 0] { base64.append(Self.base64Digit(group >> shift)) }
        }
        let last = UInt32(bytes[30]) << 10 | UInt32(bytes[31]) << 2
        for shift: UInt32 in [12, 6, 0] { base64.append(Self.base64Digit(last >> shift)) }
        base64.append(UInt8(ascii: "="))
    }

    private static func base64Digit(_ bits: UInt32) -> UInt8 {
        switch UInt8(bits & 0x3f) {
        case let digit where digit < 26: UInt8(ascii: "A") + digit
        case let digit where digit < 52: UInt8(ascii: "a") + digit - 26
        case let digit where digit < 62: UInt8(ascii: "0") + digit - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}

extension LivechatTokenDigest: Hashable {
    /// Compares every byte whatever comes first, so that the time taken tells nothing (contract C4).
    public static func == (one: Self, other: Self) -> Bool {
        let (mine, theirs) = (one.words, other.words)
        return (mine.0 ^ theirs.0) | (mine.1 ^ theirs.1) | (mine.2 ^ theirs.2) | (mine.3 ^ theirs.3) == 0
    }

    /// Hashes the first eight bytes, which are as good as drawn by lot.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}

extension LivechatTokenDigest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always "LivechatTokenDigest(secret)".
    public var description: String { "LivechatTokenDigest(secret)" }
    /// Always "LivechatTokenDigest(secret)".
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
