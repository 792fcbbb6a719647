import LivechatTokens
import Testing

@Suite("C4: a token goes in and does not come out")
struct SecretTests {
    static let raw = "open-sesame-4711"

    struct Holder {
        let token: LivechatToken
        let digest: LivechatTokenDigest
        let list: [LivechatToken]
        let optional: LivechatTokenDigest?
    }

    enum Wrapped {
        case token(LivechatToken)
        case digest(LivechatTokenDigest)
    }

    /// Everything that Swift can be made to say about a value.
    static func everything(_ value: some Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        var texts = [dumped, String(describing: value), String(reflecting: value), "\(value)"]
        texts += ["\([value])", "\(Optional(value) as Any)", "\(["key": value])", "\((1, value))"]
        for child in Mirror(reflecting: value).children { texts.append(everything(child.value)) }
        return texts.joined(separator: "\n")
    }

    static func values() throws -> [(name: String, value: Any)] {
        let token = LivechatToken(raw)
        return [
            ("token", token), ("digest", token.digest), ("list", [token]),
            ("wrapped token", Wrapped.token(token)), ("wrapped digest", Wrapped.digest(token.digest)),
            (
                "holder",
                Holder(token: token, digest: token.digest, list: [token], optional: token.digest)
            ),
        ]
    }

    @Test("Not by description, reflection, dump or interpolation")
    func silent() throws {
        let bytes = Array(LivechatToken(Self.raw).digest)
        let digits = Array("0123456789abcdef")
        let hexadecimal = String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        let leaks = [
            Self.raw, "sesame", LivechatToken(Self.raw).digest.base64, hexadecimal,
            bytes.map { String($0) }.joined(separator: ", "),
        ]
        for (name, value) in try Self.values() {
            let said = Self.everything(value)
            for leak in leaks { #expect(!said.contains(leak), "\(name)") }
            // A dump of the bytes puts each on a line of its own.
            #expect(!said.contains("- \(bytes[0])\n"), "\(name)")
            #expect(said.contains("(secret)"), "\(name)")
        }
    }

    @Test("Descriptions are constant and mirrors are empty")
    func constant() {
        let token = LivechatToken(Self.raw)
        #expect(token.description == "LivechatToken(secret)")
        #expect(token.debugDescription == "LivechatToken(secret)")
        #expect(token.digest.description == "LivechatTokenDigest(secret)")
        #expect(token.digest.debugDescription == "LivechatTokenDigest(secret)")
        #expect(Mirror(reflecting: token).children.isEmpty)
        #expect(Mirror(reflecting: token.digest).children.isEmpty)
    }
}

@Suite("C4: the digest is base64 of SHA-256")
struct TokenDigestTests {
    static let rows = [
        ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("secret", "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols="),
        ("tok-\u{E9}", "ftRZrR+GlwDQzk4PW7/vxf5Ei+VkUHxuRsyrzuwzwv8="),
        ("tok-e\u{301}", "hgp/vrAVWWbgNQRr2ijTt3i47q3A870TUvY/62vnWEk="),
        ("a\0b", "WbJxrhu8sdMdQZKYF/Sxb7Q5608xUgta0dXOmJIKcTg="),
        (String(repeating: "x", count: 100_000), "1p5omIFXgzJyMFqvIfRTyAA0boo2QNtleOJgIVVC5dQ="),
    ]

    @Test("Known values", arguments: rows)
    func known(_ raw: String, _ base64: String) throws {
        let digest = LivechatToken(raw).digest
        #expect(digest.base64 == base64)
        #expect(digest.bytes.count == LivechatTokenDigest.byteCount)
        #expect(LivechatTokenDigest(base64: base64) == digest)
        #expect(LivechatTokenDigest(bytes: Array(digest)) == digest)
        #expect(LivechatTokenDigest(base64: base64)?.hashValue == digest.hashValue)
    }

    @Test("One differing bit anywhere makes another digest")
    func everyBit() {
        let digest = LivechatToken("secret").digest
        for index in 0..<LivechatTokenDigest.byteCount {
            for bit in 0..<8 {
                var bytes = Array(digest)
                bytes[index] ^= 1 << UInt8(bit)
                #expect(LivechatTokenDigest(bytes: bytes) != digest)
            }
        }
    }

    @Test("Only 32 bytes are a digest", arguments: [0, 1, 31, 33, 64])
    func count(_ count: Int) {
        #expect(LivechatTokenDigest(bytes: Array(repeating: 0, count: count)) == nil)
    }

    @Test(
        "Only 44 characters of base64 with padding are one",
        arguments: [
            "", "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols", "K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols=",
            "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=\n", " K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
            "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols==", "K7gNU3sdo+OL0wNhqoVW\nhr3g6s1xYv72ol/pe/Unols=",
            "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "secret",
            "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/UnolsA", "K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unolt=",
        ]
    )
    func noDigest(_ text: String) {
        #expect(LivechatTokenDigest(base64: text) == nil)
    }
}

extension [UInt8] {
    /// The bytes of a digest.
    fileprivate init(_ digest: LivechatTokenDigest) {
        self = digest.bytes.indices.map { digest.bytes[$0] }
    }
}
