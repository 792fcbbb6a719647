import CFloor
import Foundation
import LivechatJoin
import LivechatPersistence

/// `make ours|plain PATH SIZE`: makes a database of the generated data.
func make(_ arguments: [String]) async throws {
    let (kind, path, world) = (arguments[1], arguments[2], World(try arguments.integer(3)))
    if kind == "plain" {
        if plain_make(path, world.c) != 0 { throw NotMeasured("cannot make \(path)") }
    } else {
        let database = try JoinDatabase(path: path)
        for part in FixtureText.parts(of: world) { try await database.load(fixture: part()) }
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

/// `count PATH SIZE SCENARIO N`: decides N prepared requests, for tools that count what that takes. Prints the heap
/// allocations of one decision where they are counted: with the request made beforehand, with it, and SQLite's own.
func count(_ arguments: [String]) async throws {
    let service = JoinService(store: try JoinDatabase(path: arguments[1]))
    let world = World(try arguments.integer(2))
    let scenario = try Worker.scenario(arguments[3])
    let texts = (0..<1_000).map { TextRequest(world, scenario.drawn, $0) }
    let requests = texts.map { JoinRequest(userID: $0.user, token: $0.token, roomID: $0.room) }
    let count = try arguments.integer(4)

    func decide(_ request: JoinRequest) async throws {
        if scenario == .queued {
            guard case .admitted = try await service.access(request) else { throw NotMeasured("not admitted") }
        } else if try await service.join(request).step != scenario.step {
            throw NotMeasured("a decision came out otherwise")
        }
    }
    for request in requests { try await decide(request) }
    let (before, beforeOfSQLite) = (Allocations.counted, Allocations.ofSQLite)
    for index in 0..<count { try await decide(requests[index % requests.count]) }
    let (between, betweenOfSQLite) = (Allocations.counted, Allocations.ofSQLite)
    for index in 0..<count {
        let text = texts[index % texts.count]
        try await decide(JoinRequest(userID: text.user, token: text.token, roomID: text.room))
    }
    let after = Allocations.counted
    print(
        Double(between - before) / Double(count),
        Double(after - between) / Double(count),
        Double(betweenOfSQLite - beforeOfSQLite) / Double(count)
    )
}

/// The heap allocations of this process so far; 0 where the counting library has not been loaded before it.
enum Allocations {
    private typealias Count = @convention(c) () -> Int

    private static let count: Count? = function("livechat_allocations")
    private static let countOfSQLite: Count? = function("livechat_allocations_of_sqlite")

    private static func function(_ name: String) -> Count? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Count.self) }
    }

    /// All but those of SQLite.
    static var counted: Int { count?() ?? 0 }
    /// Those of SQLite.
    static var ofSQLite: Int { countOfSQLite?() ?? 0 }
}
