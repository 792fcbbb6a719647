#if CommandLine
import Foundation
import LivechatJoin
import Logging
import Testing

@testable import livechat_join

@Suite("The lines of the log")
struct LogLineTests {
    private static func line(_ message: String, _ metadata: Logger.Metadata) -> LogLine {
        LogLine(
            time: LivechatTimestamp(milliseconds: 1_767_312_000_000),
            level: .info,
            label: "livechat-join",
            message: message,
            metadata: metadata
        )
    }

    private static func written(_ line: LogLine, _ format: LogFormat) -> String {
        String(decoding: line.bytes(format), as: UTF8.self)
    }

    private static let start = "2026-01-02T00:00:00.000Z info livechat-join: "

    @Test("Text: keys in order, values of more than a word in quotes")
    func text() {
        let line = Self.line(
            "ready",
            ["b": "two words", "a": "one", "c d": "x=y", "e": "", "n": .stringConvertible(3)]
        )
        #expect(Self.written(line, .text) == Self.start + #"ready a=one b="two words" "c d"="x=y" e="" n=3"# + "\n")
    }

    @Test("JSON: one object a line, which says who, when and what first")
    func json() {
        let line = Self.line(
            "two words",
            ["b": ["x", ["k": "v"]], "a": "one", "message": "mine", "n": .stringConvertible(3)]
        )
        #expect(
            Self.written(line, .json)
                == #"{"time":"2026-01-02T00:00:00.000Z","level":"info","logger":"livechat-join","message":"two words","#
                + #""a":"one","b":["x",{"k":"v"}],"_message":"mine","n":3}"# + "\n"
        )
    }

    /// A character, and how it has to stand in a line.
    static let escapes: [(Unicode.Scalar, String)] = [
        ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\u{0}", #"\u0000"#), ("\u{1b}", #"\u001b"#),
        ("\u{7f}", #"\u007f"#), ("\u{85}", #"\u0085"#), ("\u{9b}", #"\u009b"#), ("\u{61c}", #"\u061c"#),
        ("\u{200e}", #"\u200e"#), ("\u{202e}", #"\u202e"#), ("\u{2066}", #"\u2066"#), ("\u{2069}", #"\u2069"#),
        ("\u{2028}", #"\u2028"#), ("\u{2029}", #"\u2029"#), ("\u{feff}", #"\ufeff"#),
        ("\u{200b}", #"\u200b"#), ("\u{e0041}", #"\udb40\udc41"#), ("\"", #"\""#), ("\\", #"\\"#),
    ]

    @Test("What does not show is escaped, in messages, keys and values", arguments: escapes)
    func escaped(_ scalar: Unicode.Scalar, _ escape: String) throws {
        let value = "a\(scalar)b"
        let line = Self.line(value, [value: .string(value)])
        let text = "a" + escape + "b"
        #expect(Self.written(line, .text) == Self.start + text + #" "\#(text)"="\#(text)""# + "\n")
        let json = Self.written(line, .json)
        #expect(json.contains(#""message":"\#(text)","\#(text)":"\#(text)"}"#))
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String]
        #expect(object?["message"].map { Array($0.utf8) } == Array(value.utf8))
    }

    @Test("Letters of any script stand as they are", arguments: ["é", "e\u{301}", "שלום", "日本", "🙂"])
    func shown(_ value: String) {
        #expect(Self.written(Self.line(value, ["v": .string(value)]), .text) == Self.start + "\(value) v=\(value)\n")
    }

    @Test("A value of a client is escaped once, also where another handler writes it")
    func clientValue() {
        let line = Self.line(
            "x",
            ["user": .stringConvertible(LogText("a\nb")), "room": .stringConvertible(LogText("r1"))]
        )
        #expect(Self.written(line, .text) == Self.start + #"x room=r1 user="a\nb""# + "\n")
        #expect(Self.written(line, .json).hasSuffix(#""room":"r1","user":"a\nb"}"# + "\n"))
        #expect("\(LogText("a\nb")) \(LogText("r1"))" == #""a\nb" r1"#)
    }
}
#endif
