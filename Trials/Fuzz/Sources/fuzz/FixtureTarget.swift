import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatSQLite

/// The fixture's loader: all of a document is loaded, or nothing and the error is about the document (contract C12).
///
/// An input is a document. What was read is written and read again. What was loaded is dumped; the dump loads here and
/// into an empty database, and gives the same bytes again (contract C11).
enum FixtureTarget {
    static func run(_ input: UnsafeBufferPointer<UInt8>) {
        let document = Array(input)
        // Most inputs are not read to their end, and a database takes a hundred times as long as the reader.
        if !isRead(document), input.reduce(0, { $0 &+ Int($1) }) % 16 != 0 { return }
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do { try await load(document) } catch { fail("\(error)") }
            done.signal()
        }
        done.wait()
    }

    /// Whether the document is one; what it says is then the same after it has been written and read again.
    private static func isRead(_ document: [UInt8]) -> Bool {
        do {
            guard let elements = try elements(of: document) else { return false }
            hold(isJSON(document), "what was read is not JSON")
            let pieces = Pieces()
            var writer = FixtureWriter { pieces.bytes += $0 }
            for element in elements { try writer.write(element) }
            try writer.finish()
            hold(try self.elements(of: pieces.bytes) == elements, "what was written reads as something else")
            return true
        } catch {
            fail("\(error)")
        }
    }

    private final class Pieces { var bytes: [UInt8] = [] }

    /// The elements in the order in which they are written, or nil where there is a mistake.
    private static func elements(of document: [UInt8]) throws -> [FixtureElement]? {
        var sections: [[FixtureElement]] = Array(repeating: [], count: 6)
        do {
            try FixtureReader(document).read { element, _ in sections[section(of: element)].append(element) }
        } catch is FixtureError {
            return nil
        }
        return Array(sections.joined())
    }

    private static func section(of element: FixtureElement) -> Int {
        switch element {
        case .settings: 0
        case .role: 1
        case .permission: 2
        case .user: 3
        case .department: 4
        case .room: 5
        }
    }

    private nonisolated(unsafe) static var current: (database: JoinDatabase, dump: [UInt8])?
    private nonisolated(unsafe) static var number = 0

    private static func load(_ document: [UInt8]) async throws {
        let (database, before) = try await fresh()
        do {
            try await database.load(fixture: document)
        } catch is FixtureError {
            hold(try await database.dump() == before, "a document that was refused has changed the database")
            return
        }
        hold(isRead(document), "a document that has a mistake was loaded")
        current = nil
        let dump = try await database.dump()
        try await database.load(fixture: dump)
        hold(try await database.dump() == dump, "a dump that is loaded where it comes from changes something")
        try await close(database)

        let (other, _) = try await fresh()
        current = nil
        try await other.load(fixture: dump)
        hold(try await other.dump() == dump, "a dump that is loaded into an empty database gives another dump")
        try await close(other)
    }

    /// An empty database; the one of the input before, if that left it empty.
    private static func fresh() async throws -> (JoinDatabase, [UInt8]) {
        if let current { return current }
        number += 1
        let path = TemporaryFile.path("fixture-\(number).db")
        try Data(template).write(to: URL(filePath: path))
        var options = JoinDatabase.Options()
        options.durability = .normal
        options.readers = 1
        let database = try JoinDatabase(path: path, options: options)
        let made = (database, try await database.dump())
        current = made
        return made
    }

    /// A database that has been migrated, so that not every input pays for it.
    private static let template: [UInt8] = {
        let path = TemporaryFile.path("template.db")
        do {
            _ = try JoinDatabase.migrate(path: path)
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            fail("\(error)")
        }
    }()

    private static func close(_ database: JoinDatabase) async throws {
        let path = database.path
        await database.close()
        do {
            let connection = try Connection(path: path, options: .init(access: .readWrite, busyTimeout: 0))
            let broken = try connection.integer("SELECT count(*) FROM pragma_foreign_key_check")
            hold(broken == 0, "\(broken ?? -1) references lead nowhere")
            hold(try connection.text("PRAGMA integrity_check") == "ok", "the database is damaged")
        }
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
    }

    private static func isJSON(_ document: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(document))) != nil
    }
}
