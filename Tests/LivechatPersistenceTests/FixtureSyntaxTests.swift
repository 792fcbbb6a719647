import LivechatJoin
import Synchronization
import Testing

@testable import LivechatPersistence

/// RFC 8259 and nothing beside it.
@Suite("The syntax of a fixture")
struct FixtureSyntaxTests {
    @Test(
        "A mistake names its place, line and column",
        arguments: [
            ("", #"fixture: expected an object, found the end (line 1, column 1)"#),
            (" \n\t\r\n ", #"fixture: expected an object, found the end (line 3, column 2)"#),
            ("nul", #"fixture: expected an object, found "n" (line 1, column 1)"#),
            ("\u{1}", #"fixture: expected an object, found byte 0x1 (line 1, column 1)"#),
            ("\u{c}{}", #"fixture: expected an object, found byte 0xc (line 1, column 1)"#),
            ("\u{a0}{}", "fixture: expected an object, found \"\u{a0}\" (line 1, column 1)"),
            ("{", #"fixture: expected a key, found the end (line 1, column 2)"#),
            ("{,}", #"fixture: expected a key, found "," (line 1, column 2)"#),
            ("{users:[]}", #"fixture: expected a key, found "u" (line 1, column 2)"#),
            ("{'users':[]}", #"fixture: expected a key, found "'" (line 1, column 2)"#),
            (#"{"users":[],}"#, #"fixture: expected a key, found "}" (line 1, column 13)"#),
            (#"{"users" []}"#, #"fixture: expected ":", found "[" (line 1, column 10)"#),
            (#"{"users":}"#, #"users: expected an array, found "}" (line 1, column 10)"#),
            (#"{"users":[] "rooms":[]}"#, #"fixture: expected "," or "}", found "\"" (line 1, column 13)"#),
            (#"{"users":[]]"#, #"fixture: expected "," or "}", found "]" (line 1, column 12)"#),
            (#"{"users":[}"#, #"users[0]: expected an object, found "}" (line 1, column 11)"#),
            (#"{"users":[{"id":"u"},]}"#, #"users[1]: expected an object, found "]" (line 1, column 22)"#),
            ("{\"users\":[\n  {\"id\":\"ü😀\"} x]}", #"users: expected "," or "]", found "x" (line 2, column 15)"#),
            ("{\"users\":[\r\n  {\"id\" = 1}]}", #"users[0]: expected ":", found "=" (line 2, column 9)"#),
            (#"{"users":[]}x"#, #"fixture: expected the end, found "x" (line 1, column 13)"#),
            (#"{} {}"#, #"fixture: expected the end, found "{" (line 1, column 4)"#),
            ("{}\u{0}", #"fixture: expected the end, found byte 0x0 (line 1, column 3)"#),
            ("{} // end", #"fixture: expected the end, found "/" (line 1, column 4)"#),
            (#"{"users":[{"active":tru}]}"#, #"users[0].active: expected true, found "}" (line 1, column 24)"#),
            (#"{"users":[{"active":truE}]}"#, #"users[0].active: expected true, found "E" (line 1, column 24)"#),
            (#"{"users":[{"active":falsey}]}"#, #"users[0]: expected "," or "}", found "y" (line 1, column 26)"#),
            (
                #"{"users":[{"active":True}]}"#,
                #"users[0].active: expected true or false, found "T" (line 1, column 21)"#
            ),
            (#"{"users":[{"username":nil}]}"#, #"users[0].username: expected null, found "i" (line 1, column 24)"#),
        ]
    )
    func syntax(_ text: String, _ message: String) {
        #expect(mistake(in: text) == message)
    }

    @Test(
        "Numbers that JSON does not have",
        arguments: [
            ("01", #"settings: expected "," or "}", found "1" (line 1, column 38)"#),
            ("-", #"settings.loginExpirationDays: expected a digit, found "}" (line 1, column 38)"#),
            ("-x", #"settings.loginExpirationDays: expected a digit, found "x" (line 1, column 38)"#),
            ("+1", #"settings.loginExpirationDays: expected a number, found "+" (line 1, column 37)"#),
            (".5", #"settings.loginExpirationDays: expected a number, found "." (line 1, column 37)"#),
            ("1.", #"settings.loginExpirationDays: expected a digit, found "}" (line 1, column 39)"#),
            ("1.e1", #"settings.loginExpirationDays: expected a digit, found "e" (line 1, column 39)"#),
            ("1e", #"settings.loginExpirationDays: expected a digit, found "}" (line 1, column 39)"#),
            ("1e+", #"settings.loginExpirationDays: expected a digit, found "}" (line 1, column 40)"#),
            ("0x10", #"settings: expected "," or "}", found "x" (line 1, column 38)"#),
            ("1_000", #"settings: expected "," or "}", found "_" (line 1, column 38)"#),
            ("NaN", #"settings.loginExpirationDays: expected a number, found "N" (line 1, column 37)"#),
            ("Infinity", #"settings.loginExpirationDays: expected a number, found "I" (line 1, column 37)"#),
            ("1e999", "settings.loginExpirationDays: the number is too large"),
            ("-1e999", "settings.loginExpirationDays: the number is too large"),
        ]
    )
    func noNumber(_ text: String, _ message: String) {
        #expect(mistake(in: #"{"settings":{"loginExpirationDays": \#(text)}}"#) == message)
    }

    @Test(
        "Numbers",
        arguments: [
            ("0", 0), ("-0", 0), ("90", 90), ("-1", -1), ("0.5", 0.5), ("1E2", 100), ("1e+2", 100), ("25e-2", 0.25),
            ("9007199254740993", 9_007_199_254_740_992), ("1e-999", 0),
            ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
        ]
    )
    func number(_ text: String, _ value: Double) throws {
        let found = try elements(of: #"{"settings":{"loginExpirationDays":\#(text)}}"#)
        #expect(found.map(\.element) == [.settings(FixtureSettings { $0.loginExpirationDays = .value(value) })])
    }

    @Test(
        "Strings",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (#"a\u0000b"#, "a\u{0}b"),
            (#"\u00e9\u00E9é"#, "ééé"),
            (#"\ud83d\ude00"#, "😀"),
            (#"\uD800\uDC00\uDBFF\uDFFF"#, "\u{10000}\u{10FFFF}"),
            (#"\uD7FF\uE000\uFFFF"#, "\u{D7FF}\u{E000}\u{FFFF}"),
            ("😀e\u{301}\u{7f}\u{2028}", "😀e\u{301}\u{7f}\u{2028}"),
            ("", ""),
        ]
    )
    func string(_ text: String, _ value: String) throws {
        let found = try elements(of: #"{"users":[{"id":"u","username":"\#(text)"}]}"#)
        guard case .user(let user) = found.first?.element else { throw FixtureError(FixturePlace(), "no user") }
        #expect(user.username.value.map { Array($0.utf8) } == Array(value.utf8))
    }

    @Test(
        "Strings that JSON does not have",
        arguments: [
            (#"\x41""#, "there is no such escape in JSON (line 1, column 33)"),
            (#"a\'""#, "there is no such escape in JSON (line 1, column 34)"),
            (#"\u00g0""#, #"expected four hexadecimal digits, found "g" (line 1, column 37)"#),
            (#"\u+123""#, #"expected four hexadecimal digits, found "+" (line 1, column 35)"#),
            ("\\u１234\"", #"expected four hexadecimal digits, found "１" (line 1, column 35)"#),
            (#"\ud83d""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            (#"\ud83dx""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            (#"\ud83d\n""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            (#"\ud83d\u0041""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            (#"\ud83d\ud83d""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            (#"\ude00\ud83d""#, "half of a surrogate pair stands alone (line 1, column 33)"),
            ("a\nb\"", "a control character in a string must be escaped, found byte 0xa (line 1, column 34)"),
            ("\u{0}\"", "a control character in a string must be escaped, found byte 0x0 (line 1, column 33)"),
            ("abc", "the string has no closing quote (line 1, column 32)"),
            (#"abc\""#, "the string has no closing quote (line 1, column 32)"),
        ]
    )
    func noString(_ text: String, _ message: String) {
        #expect(mistake(in: #"{"users":[{"id":"u","username":"\#(text)"#) == "users[0].username: \(message)")
    }

    @Test(
        "Text that is not UTF-8",
        arguments: [
            ([0xff], 0), ([0x61, 0x80], 1), ([0xc3, 0x22], 0), ([0xc0, 0x80], 0), ([0xed, 0xa0, 0x80], 0),
            ([0xf0, 0x9f, 0x98, 0x80, 0xf4, 0x90, 0x80, 0x80], 1), ([0xe2, 0x82], 0),
        ] as [([UInt8], Int)]
    )
    func notUTF8(_ bytes: [UInt8], _ charactersBefore: Int) {
        let document = Array(#"{"users":[{"id":""#.utf8) + bytes + Array(#""}]}"#.utf8)
        #expect(
            mistake(in: document) == "users[0].id: the text is not UTF-8 (line 1, column \(18 + charactersBefore))"
        )
    }

    @Test("Bytes that are not UTF-8 outside of strings")
    func notUTF8Outside() {
        #expect(mistake(in: [0xff, 0x7b]) == "fixture: expected an object, found byte 0xff (line 1, column 1)")
        #expect(mistake(in: [0, 0, 0, 0, 0]) == "fixture: expected an object, found byte 0x0 (line 1, column 1)")
        #expect(
            mistake(in: [0xef, 0xbb, 0xbf, 0x7b, 0x7d])
                == "fixture: starts with a byte order mark, save it as UTF-8 without one"
        )
    }

    @Test("Another encoding is named", arguments: [16, 32], ["{}", "\n{}", #"{"users":[{"id":"ü"}]}"#, "{"])
    func encoding(_ bits: Int, _ text: String) {
        for (isBigEndian, mark) in [(false, ""), (false, "\u{feff}"), (true, ""), (true, "\u{feff}")] {
            let units =
                bits == 16 ? (mark + text).utf16.map { UInt32($0) } : (mark + text).unicodeScalars.map(\.value)
            let bytes = units.flatMap { unit in
                let places = stride(from: 0, to: UInt32(bits), by: 8).map { UInt8(truncatingIfNeeded: unit >> $0) }
                return isBigEndian ? places.reversed() : places
            }
            #expect(mistake(in: bytes) == "fixture: is UTF-\(bits), save it as UTF-8")
        }
    }

    /// What would be held in memory whole is refused as soon as it is too long.
    @Test(
        "A string or a number without an end is not read to its end",
        arguments: [
            (#"{"users":[{"id":""#, "x", "users[0].id: the string has more than 1048576 bytes"),
            (#"{"users":[{"id":""#, "é", "users[0].id: the string has more than 1048576 bytes"),
            (#"{"users":[{"id":""#, #"\n"#, "users[0].id: the string has more than 1048576 bytes"),
            (#"{"users":[{"id":""#, #"x\u00e9"#, "users[0].id: the string has more than 1048576 bytes"),
            (#"{""#, "x", "fixture: the string has more than 1048576 bytes"),
            (
                #"{"rooms":[{"inquiry":{"status":""#, "x",
                "rooms[0].inquiry.status: the string has more than 1048576 bytes"
            ),
            (#"{"settings":{"loginExpirationDays":"#, "1", "settings.loginExpirationDays: the number is too long"),
            (#"{"settings":{"loginExpirationDays":0."#, "1", "settings.loginExpirationDays: the number is too long"),
            (#"{"settings":{"loginExpirationDays":0e"#, "1", "settings.loginExpirationDays: the number is too long"),
        ]
    )
    func endless(_ start: String, _ rest: String, _ message: String) {
        let piece = Array(String(repeating: rest, count: 1 << 16).utf8)
        let read = Atomic(0)
        let reader = FixtureReader { offset in
            read.store(offset, ordering: .relaxed)
            return offset == 0 ? Array(start.utf8) : piece
        }
        #expect(mistake(in: reader) == message)
        #expect(read.load(ordering: .relaxed) < 8 << 20)
    }

    @Test(
        "Deep nesting is a wrong type at once",
        arguments: [
            ("", "fixture: expected an object, found an array"),
            (#"{"users":"#, "users[0]: expected an object, found an array"),
            (#"{"users":[{"id":"#, "users[0].id: expected a string, found an array"),
            (
                #"{"x":"#,
                #"fixture: unknown key "x", known here: settings, roles, permissions, users, departments, rooms"#
            ),
        ]
    )
    func deepNesting(_ start: String, _ message: String) {
        #expect(mistake(in: start + String(repeating: "[", count: 100_000)) == message)
        #expect(mistake(in: start + String(repeating: "[[{\"a\":", count: 100_000)) == message)
    }

    @Test("A document that is cut anywhere is refused")
    func truncated() {
        let bytes = Array(completeFixture.utf8)
        let end = bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0
        for count in 0...end {
            let message = mistake(in: Array(bytes[..<count]))
            #expect(message?.contains("(line") == true, "cut after \(count) bytes")
        }
        #expect(mistake(in: Array(bytes[...end])) == nil)
    }

    @Test("A byte changed anywhere never traps, and an error has a place")
    func changed() {
        let bytes = Array(completeFixture.utf8)
        for index in bytes.indices {
            for byte: UInt8 in [0x22, 0x5b, 0xff] {
                var changed = bytes
                changed[index] = byte
                #expect(mistake(in: changed)?.hasPrefix("not a") != true)
            }
        }
    }
}
