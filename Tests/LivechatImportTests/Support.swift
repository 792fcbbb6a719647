#if Import
import Foundation
import ImportTesting
import LivechatFixture
import LivechatImport
import LivechatJoin
import Synchronization

/// The clock of the tests stands still at 2026-11-30T12:00:00Z.
let now = LivechatTimestamp(milliseconds: 1_796_040_000_000)
let stoodStill = LivechatClock { now }

/// What comes of an export.
struct Imported {
    var report: ImportReport
    var fixture: String

    init(_ export: WrittenExport, _ options: RocketChatExport.Options = .init()) throws {
        let read = try RocketChatExport(folder: export.path, options: options, clock: stoodStill)
        report = read.report
        fixture = try read.fixture().text()
    }

    /// Imports collections of JSON lines; there is always a file of users.
    init(_ collections: [String: String], _ options: RocketChatExport.Options = .init()) throws {
        let export = try WrittenExport()
        defer { export.remove() }
        for (name, text) in collections { try export.write(Array(text.utf8), to: name + ".json") }
        if collections["users"] == nil { try export.write([], to: "users.json") }
        try self.init(export, options)
    }

    /// What was found, without ids.
    var findings: [String] { report.findings.map { "\($0.isSkip ? "-" : "+") \($0.what): \($0.count)" } }
}

extension FixtureSource {
    func text() throws -> String {
        let bytes = Mutex<[UInt8]>([])
        try write { piece in bytes.withLock { $0 += piece } }
        return String(decoding: bytes.withLock { $0 }, as: UTF8.self)
    }
}

extension String {
    /// The line of a fixture that begins with this id.
    func entity(_ id: String) -> String? {
        split(separator: "\n").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ,")) }
            .first { $0.hasPrefix("{\"id\": \"\(id)\"") }
    }
}
#endif
