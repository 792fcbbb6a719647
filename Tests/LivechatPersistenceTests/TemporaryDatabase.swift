import Foundation
import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import LivechatSQLite

/// A database in a folder of its own, which goes with the value.
final class TemporaryDatabase: Sendable {
    let folder: URL
    let path: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "livechat-join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "chat.db").path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func open(
        clock: LivechatClock = .system,
        _ change: (inout JoinDatabase.Options) -> Void = { _ in }
    ) throws -> JoinDatabase {
        var options = JoinDatabase.Options()
        change(&options)
        return try JoinDatabase(path: path, options: options, clock: clock)
    }

    func open(fixture: String, clock: LivechatClock = .system) async throws -> JoinDatabase {
        let database = try open(clock: clock)
        try await database.load(fixture: Array(fixture.utf8))
        return database
    }

    /// Opens a copy of the world, which is loaded once: most tests begin there.
    func openWorld(clock: LivechatClock = .system) async throws -> JoinDatabase {
        try Data(await Self.world.value.get()).write(to: URL(filePath: path))
        return try open(clock: clock)
    }

    // Detached: what the first test measures is not meant.
    private static let world = Task.detached {
        await Result {
            let temporary = try TemporaryDatabase()
            try await temporary.open(fixture: LivechatPersistenceTests.world).close()
            return try temporary.files()["chat.db"] ?? []
        }
    }

    /// A connection as another program has one.
    func connect(_ access: Connection.Options.Access = .readWrite) throws -> Connection {
        try Connection(path: path, options: .init(access: access, busyTimeout: 5_000))
    }

    /// Changes the file as an operator does by hand.
    func execute(_ script: String, _ access: Connection.Options.Access = .readWrite) throws {
        let connection = try connect(access)
        try connection.execute(script)
        try connection.close()
    }

    /// The rows of a query; every value as text, NULL as "NULL".
    func rows(_ sql: StaticString) throws -> [[String]] {
        let connection = try connect(.readOnly)
        let statement = try connection.prepare(sql)
        let columns = Self.columns(of: "\(sql)")
        var rows: [[String]] = []
        try statement.eachRow { row in rows.append((0..<columns).map { row.textIfPresent($0) ?? "NULL" }) }
        return rows
    }

    /// Counts the columns between SELECT and FROM; the tests' queries have no commas inside a column.
    private static func columns(of sql: String) -> Int32 {
        let list = sql.components(separatedBy: " FROM ")[0]
        return Int32(list.components(separatedBy: ",").count)
    }

    /// The contents of every file in the folder.
    ///
    /// The database must be closed: to close a file that SQLite has open drops its locks.
    func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: name)
            let type = try FileManager.default.attributesOfItem(atPath: file.path)[.type] as? FileAttributeType
            files[name] = type != .typeRegular ? [] : Array(try Data(contentsOf: file))
        }
        return files
    }

    /// How many transactions stand in the write-ahead log (https://sqlite.org/fileformat2.html#walformat); no lock
    /// is on that file, so it may be read beside SQLite.
    func loggedCommits() throws -> Int {
        let log = Array(try Data(contentsOf: URL(filePath: path + "-wal")))
        func integer(_ place: Int) -> Int { log[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard log.count >= 32 else { return 0 }
        let salts = log[16..<24]
        let frames = stride(from: 32, through: log.count - 24 - integer(8), by: 24 + integer(8))
        return frames.count { integer($0 + 4) != 0 && log[$0 + 8..<$0 + 16].elementsEqual(salts) }
    }
}

/// An id that is known to be one.
func id<Entity>(_ text: String) -> LivechatID<Entity> { LivechatID(stored: text) }

extension JoinDatabase {
    /// The dump by its lines: one entity in each.
    func dumpLines() async throws -> [String] {
        String(decoding: try await dump(), as: UTF8.self).split(separator: "\n").map { line in
            String(line.hasSuffix(",") ? line.dropLast() : line).trimmingCharacters(in: .whitespaces)
        }
    }
}

/// What differs between two dumps: "-" before a line that went, "+" before one that came.
func difference(_ before: [String], _ after: [String]) -> [String] {
    before.filter { !after.contains($0) }.map { "-" + $0 } + after.filter { !before.contains($0) }.map { "+" + $0 }
}
