import LivechatTokens
import LivechatValues
import Testing

@Suite("An id is its bytes")
struct IdentifierTests {
    static let composed = "caf\u{E9}"
    static let decomposed = "cafe\u{301}"

    @Test("What Swift takes for equal text are different ids")
    func canonicalEquivalence() throws {
        #expect(Self.composed == Self.decomposed)
        let one = try LivechatUserID(Self.composed)
        let other = try LivechatUserID(Self.decomposed)
        #expect(one != other)
        #expect(Set([one, other, one]).count == 2)
        #expect(one < other || other < one)
    }

    @Test("Equal bytes are equal ids, however the text was made")
    func sameBytes() throws {
        let one = try LivechatUserID(Self.composed)
        let other = try LivechatUserID(String(decoding: Array(Self.composed.utf8), as: UTF8.self))
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(!(one < other) && !(other < one))
    }

    @Test(
        "These differ",
        arguments: [
            ("a", "A"), ("a", "a "), ("a", " a"), ("a", "a\u{1}"), ("ß", "ss"), ("\u{FF41}", "a"),
        ]
    )
    func differ(_ one: String, _ other: String) throws {
        #expect(try LivechatUserID(one) != LivechatUserID(other))
    }

    @Test("Ids are ordered by their bytes")
    func order() throws {
        let ordered = ["A", "Z", "a", "a\u{1}", "a\u{1}b", "aa", "b", "e\u{301}", "z", "\u{E9}", "\u{FFFD}", "😀"]
        let ids = try ordered.map { try LivechatUserID($0) }
        #expect(ids.shuffled().sorted().map { Array($0.string.utf8) } == ordered.map { Array($0.utf8) })
    }

    @Test(
        "1 to 256 bytes",
        arguments: [
            ("", InvalidLivechatID.empty), ("a", nil), (String(repeating: "a", count: 255), nil),
            (String(repeating: "a", count: 256), nil), (String(repeating: "a", count: 257), .tooLong(bytes: 257)),
            (String(repeating: "é", count: 128), nil), (String(repeating: "é", count: 129), .tooLong(bytes: 258)),
            (String(repeating: "😀", count: 64), nil), (String(repeating: "😀", count: 65), .tooLong(bytes: 260)),
        ]
    )
    func limits(_ text: String, _ problem: InvalidLivechatID?) {
        do throws(InvalidLivechatID) {
            let id = try LivechatUserID(text)
            #expect(problem == nil)
            #expect(id.string == text)
            #expect(LivechatUserID(requested: text) == id)
        } catch {
            #expect(error == problem)
            #expect(LivechatUserID(requested: text) == nil)
        }
    }

    @Test(
        "With a NUL it is no id, and in a request a value that matches nothing",
        arguments: ["\0", "a\0", "\0a", "é\0b"]
    )
    func nul(_ value: String) {
        #expect(LivechatUserID(requested: value) == nil)
        #expect(throws: InvalidLivechatID.hasNUL) { try LivechatUserID(value) }
    }

    @Test("Neither is trimmed nor folded", arguments: [" ", " a ", "\t", "\n", "\r\n", "A", "\u{FEFF}a"])
    func untouched(_ value: String) throws {
        #expect(LivechatUserID(requested: value).map { Array($0.string.utf8) } == Array(value.utf8))
        #expect(try "\(LivechatUserID(value))" == value)
    }

    @Test("The error ends a sentence")
    func words() {
        #expect("\(InvalidLivechatID.empty)" == "is empty, an id has 1 to 256 bytes")
        #expect("\(InvalidLivechatID.tooLong(bytes: 300))" == "has 300 bytes, an id has 1 to 256")
        #expect("\(InvalidLivechatID.hasNUL)" == "has a NUL byte, an id has none")
    }
}
