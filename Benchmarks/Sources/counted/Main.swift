import Foundation
import Generated
import LivechatJoin
import LivechatPersistence

/// `counted make PATH SIZE` makes a database of the generated data, `counted scenarios` names the scenarios, and
/// `counted PATH SIZE SCENARIO N` decides N requests. A program of its own, so that what is counted needs neither what
/// the engine is measured against nor a web server to be built.
@main
struct Main {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch (arguments.first, arguments.count) {
            case ("scenarios", 1): for scenario in Scenario.allCases { print(scenario.rawValue) }
            case ("make", 3): try await make(arguments[1], World(try number(arguments[2])))
            case (_, 4): try await count(arguments)
            default: throw NotMeasured("run Benchmarks/instructions, which runs this program")
            }
        } catch {
            FileHandle.standardError.write(Data("counted: \(error)\n".utf8))
            exit(1)
        }
    }
}

private func number(_ text: String) throws -> Int {
    guard let number = Int(text) else { throw NotMeasured("\(text) is not a number") }
    return number
}

private func make(_ path: String, _ world: World) async throws {
    let database = try JoinDatabase(path: path)
    for part in FixtureText.parts(of: world) { try await database.load(fixture: part()) }
    await database.close()
}

/// Decides N prepared requests, for tools that count what that takes. Prints the heap
/// allocations of one decision where they are counted: with the request made beforehand, with it, and SQLite's own.
private func count(_ arguments: [String]) async throws {
    // With more readers, which of them is asked depends on the clock: one that is busy for a moment is passed over.
    var options = JoinDatabase.Options()
    options.readers = 1
    try JoinDatabase.turnOffMemoryCount()
    let world = World(try number(arguments[1]))
    guard let scenario = Scenario(rawValue: arguments[2]) else { throw NotMeasured("no scenario \(arguments[2])") }
    let service = JoinService.quiet(try JoinDatabase(path: arguments[0], options: options), rules: scenario.rules)
    let texts = (0..<1_000).map { TextRequest(world, scenario.drawn, $0) }
    let requests = texts.map { $0.request(for: scenario) }
    let count = try number(arguments[3])

    func decide(_ request: JoinRequest) async throws {
        if scenario == .queued {
            guard case .admitted = try await service.access(request) else { throw NotMeasured("not admitted") }
        } else if try await service.join(request).step != scenario.step {
            throw NotMeasured("a decision came out otherwise")
        }
    }
    // Until the pool's timer has gone off a few times: the system makes it a thread when it first does.
    for _ in 0..<(Allocations.areCounted ? 100 : 1) {
        for request in requests { try await decide(request) }
    }
    let (before, beforeOfSQLite) = (Allocations.counted, Allocations.ofSQLite)
    for index in 0..<count { try await decide(requests[index % requests.count]) }
    let (between, betweenOfSQLite) = (Allocations.counted, Allocations.ofSQLite)
    for index in 0..<count {
        try await decide(texts[index % texts.count].request(for: scenario))
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

    static var areCounted: Bool { count != nil }

    /// All but those of SQLite.
    static var counted: Int { count?() ?? 0 }
    /// Those of SQLite.
    static var ofSQLite: Int { countOfSQLite?() ?? 0 }
}
