#if Import
import Foundation
import ImportTesting
import LivechatImport
import Testing

@Suite("Damaged files")
struct DamageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String
        let bytes: [UInt8]
        let error: String

        var testDescription: String { name }
    }

    static let good = WrittenExport.bson(#"{"_id":"good","username":"a"}"#)
    static let bad = WrittenExport.bson(#"{"_id":"bad","username":"a"}"#)

    private static func json(_ name: String, _ text: String, _ error: String) -> Row {
        Row(
            name: name,
            file: "users.json",
            bytes: Array(text.utf8),
            error: "users.json, \(error): export the collection again"
        )
    }

    private static func bson(_ name: String, _ bytes: [UInt8], _ error: String) -> Row {
        Row(name: name, file: "users.bson", bytes: bytes, error: "users.bson, \(error): export the collection again")
    }

    private static func changed(_ bytes: [UInt8], _ position: Int, _ value: UInt8) -> [UInt8] {
        var bytes = bytes
        bytes[position] = value
        return bytes
    }

    static let rows = [
        json("cut in a text", #"{"_id":"u","username":"#, #"byte 0, document "u": the document is cut off"#),
        json(
            "a text without its end",
            "{\"_id\":\"u\",\"name\":\"x}\n{\"_id\":\"v\"}\n",
            #"byte 0, document "u": the document is damaged"#
        ),
        json("a brace too many", "{\"_id\":\"u\"}}\n", "byte 11: the document is damaged"),
        json(
            "a brace too few",
            "{\"_id\":\"u\"}\n{\"_id\":\"v\",\"a\":{}\n",
            #"byte 12, document "v": the document is cut off"#
        ),
        json(
            "no comma in an array",
            "[{\"_id\":\"u\"} {\"_id\":\"v\"}]",
            #"byte 13, document "v": the document is damaged"#
        ),
        json("an array without its end", "[{\"_id\":\"u\"},", "byte 13: the document is cut off"),
        json("no JSON", "hello", "byte 0: the document is damaged"),
        json(
            "a value that is none",
            "{\"_id\":\"u\",\"active\":yes}",
            #"byte 0, document "u": the document is damaged"#
        ),
        Row(
            name: "what the shell prints",
            file: "users.json",
            bytes: Array(#"{"_id":"u","createdAt":ISODate("2026-10-20T07:30:00Z")}"#.utf8),
            error: #"users.json, byte 0, document "u": the document is damaged: it is what the shell prints, and no "#
                + "JSON: export with mongoexport"
        ),
        bson("cut off", good + bad.dropLast(3), #"byte \#(good.count), document "bad": the document is cut off"#),
        bson("cut in a length", good + bad.prefix(3), "byte \(good.count): the document is cut off"),
        bson(
            "a length below that of an empty document",
            good + [4, 0, 0, 0, 0],
            "byte \(good.count): the document says that it has 4 bytes"
        ),
        bson(
            "a length above all",
            good + changed(bad, 3, 0x7f),
            #"byte \#(good.count), document "bad": the document says that it has \#(0x7f00_0000 + bad.count) bytes"#
        ),
        bson(
            "a type that is none",
            good + changed(bad, 17, 0x6f),
            #"byte \#(good.count), document "bad": the document is damaged"#
        ),
        bson(
            "a text that is not UTF-8",
            good + changed(bad, 32, 0xff),
            #"byte \#(good.count), document "bad": the document is damaged"#
        ),
    ]

    @Test("The error names the file, the place and the document", arguments: rows)
    func damaged(_ row: Row) throws {
        let export = try WrittenExport()
        defer { export.remove() }
        try export.write(row.bytes, to: row.file)
        let error = #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path) }
        #expect(error?.description == row.error)
    }

    @Test(
        "What is no folder of files is refused with what to do",
        arguments: [
            ("users.bson.gz", "users.bson.gz: is packed: run gunzip users.bson.gz, and import again"),
            ("dump.archive", "dump.archive: is an archive: run mongodump without --archive"),
        ]
    )
    func refused(_ file: String, _ message: String) throws {
        let export = try WrittenExport()
        defer { export.remove() }
        try export.write([1, 2, 3], to: file)
        let error = #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path) }
        #expect(error?.description == message)
    }

    @Test("An archive in place of the folder, two files of one collection, none of users")
    func folders() throws {
        let export = try WrittenExport()
        defer { export.remove() }
        #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path) }
        try export.write([], to: "users.json")
        #expect(try RocketChatExport(folder: export.path).report.collections.count == 11)
        let error = #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path + "/users.json") }
        #expect(error?.message.contains("mongodump without --archive") == true)
        try export.write([], to: "users.bson")
        #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path) }
        #expect(throws: ImportError.self) { try RocketChatExport(folder: export.path + "/none") }
    }

    /// Bytes are changed, cut out and doubled by lot: each file is read or refused, and a secret shows in neither.
    @Test("Whatever becomes of a file, it is read or refused", arguments: ExportDialect.allCases)
    func mutations(_ dialect: ExportDialect) throws {
        let secret = "s3cret-of-ann"
        let documents = (0..<6).map { number in
            ExportValue.object([
                ("_id", .text("user-\(number)")), ("username", .text("né")), ("roles", .list([.text("r"), .null])),
                (
                    "services",
                    .object([
                        (
                            "resume",
                            .object([
                                (
                                    "loginTokens",
                                    .list([
                                        .object([("when", .time(-500)), ("token", .text(secret))]),
                                        .object([("when", .time(5_000)), ("hashedToken", .text(MappingTests.hash))]),
                                    ])
                                )
                            ])
                        )
                    ])
                ),
                ("unread", .double(1.5)), ("count", .number(7)), ("oid", .objectID("66f0c2a9d1e4b70012ab3511")),
            ])
        }
        let export = try WrittenExport()
        defer { export.remove() }
        try export.write(documents, to: "users", dialect)
        let name = dialect == .bson ? "users.bson" : "users.json"
        let whole = try Array(Data(contentsOf: export.folder.appendingPathComponent(name)))
        var lot = SeededLot(state: 29)
        var refused = 0
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0...lot.below(3) where !bytes.isEmpty {
                let position = lot.below(bytes.count)
                switch lot.below(4) {
                case 0: bytes[position] = UInt8(lot.below(256))
                case 1: bytes.removeSubrange(position..<min(bytes.count, position + 1 + lot.below(40)))
                case 2: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 20)], at: position)
                default: bytes.removeSubrange(position...)
                }
            }
            try export.write(bytes, to: name)
            do {
                let read = try RocketChatExport(folder: export.path, clock: stoodStill)
                #expect(!"\(read.report)\(read.report.jsonLines)".contains(secret))
                #expect(try !read.fixture().text().contains(secret))
            } catch let error as ImportError {
                refused += 1
                #expect(!"\(error)".contains(secret))
            }
        }
        #expect(refused > 100, "most of what is damaged is noticed")
    }
}

/// Numbers that a seed gives again.
struct SeededLot {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
#endif
