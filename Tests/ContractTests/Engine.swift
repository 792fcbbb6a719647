import Foundation
import LivechatJoin
import LivechatPersistence
import Logging
import ServerTesting

@testable import Specification
@testable import WorldTesting

/// The engine on a database of its own, in a folder that is removed afterwards.
struct Engine: Sendable {
    let database: JoinDatabase
    let path: String

    /// Opens a new database, loads the world and hands it over.
    ///
    /// Durability is `.normal` unless a test asks for more: it writes a lot and pulls no plug.
    static func with<Result>(
        _ world: World = World(),
        durability: JoinDatabase.Options.Durability = .normal,
        _ body: (Engine) async throws -> Result
    ) async throws -> Result {
        try await Gate.engines.inside {
            try await inTemporaryFolder { folder in
                var options = JoinDatabase.Options()
                options.durability = durability
                let path = folder + "/join.db"
                let database = try JoinDatabase(path: path, options: options, clock: fixedClock)
                do {
                    try await database.load(fixture: world.fixture)
                    let result = try await body(Engine(database: database, path: path))
                    await database.close()
                    return result
                } catch {
                    await database.close()
                    throw error
                }
            }
        }
    }

    func service(
        _ profile: ProfileUnderTest = .documented,
        rules: [JoinRule] = [],
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) -> JoinService {
        JoinService(store: database, profile: profile.profile, rules: rules, clock: fixedClock, logger: logger)
    }

    /// What has happened since the world was loaded.
    func events() async throws -> [JoinEvent] {
        try await database.events(after: 0, limit: 1_000_000).filter { $0.kind != .loaded }
    }

    func joins() async throws -> [JoinEvent] { try await events().filter { $0.kind == .joined } }

    /// The state as the fixture format gives it.
    func dumped() async throws -> Dumped { try Dumped(try await database.dump()) }
}

extension Gate {
    /// Each has several files open.
    static let engines = Gate(places: 8)
}

/// The clock of the tests stands still.
let fixedClock = LivechatClock { LivechatTimestamp(milliseconds: World.now) }

func inTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("contract-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// A dump, read back.
struct Dumped: Decodable {
    struct Room: Decodable {
        struct Inquiry: Decodable, Equatable {
            var status: String
            var departmentId: String?
            var defaultAgent: String?
        }
        struct Member: Decodable, Equatable {
            var userId: String
            var joinedAt: String
            var roles: [String]?
        }
        var id: String
        var kind: String?
        var open: Bool?
        var servedBy: String?
        var inquiry: Inquiry?
        var members: [Member]?
    }
    var rooms: [Room]?

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }

    func room(_ id: String) -> Room? { rooms?.first { $0.id == id } }
    func members(of room: String) -> [String] { (self.room(room)?.members ?? []).map(\.userId).sorted() }
}
