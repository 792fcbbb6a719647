import CFloor
import Foundation
import Generated
import LivechatJoin
import LivechatPersistence

/// `make ours|plain PATH SIZE`: makes a database of the generated data.
func make(_ arguments: [String]) async throws {
    let (kind, path, world) = (arguments[1], arguments[2], World(try arguments.integer(3)))
    if kind == "plain" {
        let ours = path + "-grants"
        _ = try JoinDatabase.migrate(path: ours)
        defer { try? FileManager.default.removeItem(atPath: ours) }
        if plain_make(path, world.c, ours) != 0 { throw NotMeasured("cannot make \(path)") }
    } else {
        var options = JoinDatabase.Options()
        // As much as `plain_make` has: whatever is put in by id is put in anywhere.
        options.loadCacheBytes = 6 << 30
        let database = try JoinDatabase(path: path, options: options)
        for part in FixtureText.parts(of: world, size: max(50_000, world.users / 4)) {
            try await database.load(fixture: part())
        }
        await database.close()
    }
    print(0)
}

/// `fixture PATH SIZE`: writes the generated data as one fixture.
func fixture(_ arguments: [String]) throws {
    try Data(FixtureText.whole(World(try arguments.integer(2)))).write(to: URL(fileURLWithPath: arguments[1]))
    print(0)
}

/// `load PATH FIXTURE`: loads a fixture from a file into a new database, as the command does. Prints seconds and the
/// highest memory.
func load(_ arguments: [String]) async throws {
    let database = try JoinDatabase(path: arguments[1])
    guard let file = FileHandle(forReadingAtPath: arguments[2]) else { throw NotMeasured("no \(arguments[2])") }
    let start = monotonic_seconds()
    try await database.load { offset in
        try file.seek(toOffset: UInt64(offset))
        return Array(try file.read(upToCount: 1 << 18) ?? Data())
    }
    let seconds = monotonic_seconds() - start
    print(seconds, Worker.highestBytes())
    await database.close()
}

/// `dump PATH`: dumps a database and throws the document away. Prints seconds and the highest memory.
func dump(_ arguments: [String]) async throws {
    let database = try JoinDatabase(path: arguments[1])
    let start = monotonic_seconds()
    try await database.dump { _ in }
    print(monotonic_seconds() - start, Worker.highestBytes())
    await database.close()
}

/// `bulk SOURCE PATH`: what plain C takes to insert the rows of one database into the same tables of a new one.
/// Prints rows and seconds.
func bulk(_ arguments: [String]) throws {
    _ = try JoinDatabase.migrate(path: arguments[2])
    var seconds = 0.0
    let rows = bulk_copy(arguments[1], arguments[2], &seconds)
    if rows < 0 { throw NotMeasured("cannot copy \(arguments[1])") }
    print(rows, seconds)
}
