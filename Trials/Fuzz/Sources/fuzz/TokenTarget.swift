import LivechatJoin

/// Tokens and digests: hashed as the standards say, read back as written, never printed (contract C4).
///
/// An input is a raw token, and at the same time a text that may be the base64 of a digest.
enum TokenTarget {
    static func run(_ input: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: input, as: UTF8.self)
        let bytes = Array(text.utf8)

        let token = LivechatToken(text)
        let expected = ReferenceDigest.sha256(bytes)
        hold(token.digest.array == expected, "the digest is not SHA-256")
        check(token.digest, expected)
        var printed = "\(token)"
        dump(token, to: &printed)
        printed += String(reflecting: token)
        let rest = printed.replacing("LivechatToken(secret)", with: "")
        hold(rest.allSatisfy { "- \n".contains($0) }, "it prints \(printed)")

        let stored = LivechatTokenDigest(base64: text)
        let decoded = ReferenceDigest.digest(base64: bytes)
        hold(stored?.array == decoded, "the base64 of a digest was read as \(String(describing: stored?.array))")
        if let stored, let decoded {
            check(stored, decoded)
            hold(stored.base64.utf8.elementsEqual(bytes), "base64 came back as \(stored.base64)")
            hold((stored == token.digest) == (decoded == expected), "two digests compare wrongly")
        }
        let raw = Array(input)
        hold((LivechatTokenDigest(bytes: raw) != nil) == (raw.count == 32), "\(raw.count) bytes made a digest")
    }

    private static func check(_ digest: LivechatTokenDigest, _ bytes: [UInt8]) {
        hold(digest.base64 == ReferenceDigest.base64(bytes), "base64 is \(digest.base64)")
        hold(LivechatTokenDigest(base64: digest.base64) == digest, "base64 does not come back")
        hold(LivechatTokenDigest(bytes: bytes) == digest, "the bytes do not come back")
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            hold(LivechatTokenDigest(bytes: other) != digest, "a difference in byte \(index) was not seen")
        }
        hold("\(digest)" == "LivechatTokenDigest(secret)", "it prints \(digest)")
    }
}

extension LivechatTokenDigest {
    /// The bytes in a list, which can be compared.
    var array: [UInt8] { bytes.indices.map { bytes[$0] } }
}
