#if PostgreSQL
import Foundation
import LivechatJoin
import ServerTesting
import Synchronization
import Testing

@testable import LivechatPostgreSQL

/// A private PostgreSQL server in a temporary folder, on a socket in it and on no port.
final class Cluster: Sendable {
    let folder: String
    private let databases = Atomic<Int>(0)
    private let unused = Mutex<[String]>([])

    /// The server of the tests that are running.
    private static let running = Mutex<Cluster?>(nil)

    static var current: Cluster {
        get throws { try #require(running.withLock { $0 }, "the suite has no cluster") }
    }

    init(_ settings: [String] = []) throws {
        folder = try Self.makeFolder()
        try runAsServer(
            "initdb",
            [
                "-D", folder + "/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
                "--no-instructions", "--locale=C",
            ]
        )
        try configure(settings)
        try start()
        try sql("CREATE DATABASE empty")
    }

    /// A standby that follows a server, which has to send its log.
    init(following primary: Cluster) throws {
        folder = try Self.makeFolder()
        try runAsServer(
            "pg_basebackup",
            ["-h", primary.folder, "-D", folder + "/data", "-R", "-c", "fast", "--no-sync"]
        )
        try configure(Self.replicating)
        try start()
    }

    /// Settings of a server that sends its log.
    static let replicating = ["wal_level = replica", "max_wal_senders = 4"]

    private static func makeFolder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/pg-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The server does not run as root, and the folders above are not its own.
        if geteuid() == 0 { try run("/bin/chown", ["postgres", folder]) }
        return folder
    }

    private func configure(_ settings: [String]) throws {
        var configuration = """
            listen_addresses = ''
            unix_socket_directories = '\(folder)'
            fsync = off
            full_page_writes = off
            wal_level = minimal
            max_wal_senders = 0
            wal_init_zero = off
            autovacuum = off
            max_connections = 100
            shared_buffers = 32MB
            max_wal_size = 4GB
            lc_messages = 'C'

            """
        configuration += settings.map { $0 + "\n" }.joined()
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/own.conf"))
    }

    /// Starts the server.
    func start() throws {
        try runAsServer(
            "pg_ctl",
            [
                "-D", folder + "/data", "-w", "-l", folder + "/log",
                "-o", "-c config_file=\(folder)/own.conf", "start",
            ]
        )
    }

    /// Stops the server: `fast` ends its connections, `immediate` is like a crash.
    func stop(_ mode: String = "immediate") throws {
        try runAsServer("pg_ctl", ["-D", folder + "/data", "-w", "-m", mode, "stop"])
    }

    /// Makes a primary of a standby.
    func promote() throws { try runAsServer("pg_ctl", ["-D", folder + "/data", "-w", "promote"]) }

    func remove() {
        try? stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func runAsServer(_ program: String, _ arguments: [String]) throws {
        let path = try Self.programs + "/" + program
        if geteuid() == 0 {
            try Self.run("/usr/sbin/runuser", ["-u", "postgres", "--", path] + arguments)
        } else {
            try Self.run(path, arguments)
        }
    }

    /// Where the server's programs are: the newest version that is installed.
    private static var programs: String {
        get throws {
            let root = "/usr/lib/postgresql"
            let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            let newest = versions.compactMap { Int($0) }.max()
            return "\(root)/\(try #require(newest, "PostgreSQL is not installed: apt-get install postgresql"))/bin"
        }
    }

    /// Runs a program and waits for it alone: Foundation's `Process` would wait for the server that it leaves behind.
    private static func run(_ program: String, _ arguments: [String]) throws {
        let words = ([program] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let status = unsafe system("cd / && \(words) </dev/null >/dev/null 2>&1")
        try #require(status == 0, "\(words) ended with \(status)")
    }

    // MARK: Databases

    /// The connection string of a database.
    func address(_ database: String, user: String = "postgres") -> String {
        "postgres://\(user)@\(folder.replacingOccurrences(of: "/", with: "%2F"))/\(database)"
    }

    /// A connection of the tests' own.
    func session(_ database: String = "postgres") throws -> Session {
        Session(try Connection(Address(address(database))), patience: .seconds(30))
    }

    /// Runs one statement of the tests' own.
    func sql(_ statement: String, in database: String = "postgres") throws {
        try session(database).run(script: statement)
    }

    /// Makes the schema that the databases of the tests are copied from.
    fileprivate func prepare() async throws {
        _ = try await PostgreSQLJoinDatabase.migrate(address("empty"), withDefaultGrants: false)
    }

    /// Makes a database with the schema and without rows.
    private func makeDatabase() throws -> String {
        let name = "test\(databases.add(1, ordering: .relaxed).newValue)"
        try sql("CREATE DATABASE \(name) TEMPLATE empty")
        return name
    }

    /// Takes a database with the schema and without rows: one that an earlier test has used, where there is one.
    fileprivate func takeDatabase(isNew: Bool) throws -> String {
        guard !isNew, let name = unused.withLock({ $0.popLast() }) else { return try makeDatabase() }
        try session(name).run(
            script: """
                TRUNCATE livechat.livechat_user, livechat.livechat_role, livechat.livechat_permission,
                    livechat.livechat_department, livechat.livechat_room, livechat.livechat_event,
                    livechat.livechat_setting, livechat.livechat_event_log RESTART IDENTITY CASCADE;
                INSERT INTO livechat.livechat_setting (key) VALUES (1);
                INSERT INTO livechat.livechat_event_log (key) VALUES (1);
                """
        )
        return name
    }

    /// Gives a database to the next test.
    fileprivate func giveBack(_ database: String) { unused.withLock { $0.append(database) } }

    fileprivate static func with(_ body: () async throws -> Void) async throws {
        let cluster = try Cluster()
        defer { cluster.remove() }
        try await cluster.prepare()
        running.withLock { $0 = cluster }
        try await body()
    }
}

/// The tests that share one server.
@Suite(.cluster) enum OnPostgreSQL {}

/// Starts a server before the first test of a suite, and removes it after the last.
struct ClusterTrait: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Cluster.with(function)
    }
}

extension Trait where Self == ClusterTrait {
    static var cluster: ClusterTrait { ClusterTrait() }
}

extension Gate {
    /// A server has room for so many connections.
    static let databases = Gate(places: 4)
}

/// Opens a database for a test, without rows; one that is new is nobody else's afterwards.
func withDatabase<Result: Sendable>(
    stores: Int = 1,
    isNew: Bool = false,
    clock: LivechatClock = .system,
    _ configure: (inout PostgreSQLJoinDatabase.Options) -> Void = { _ in },
    _ body: ([PostgreSQLJoinDatabase], String) async throws -> Result
) async throws -> Result {
    try await Gate.databases.inside {
        let cluster = try Cluster.current
        let name = try cluster.takeDatabase(isNew: isNew)
        let address = cluster.address(name)
        var options = PostgreSQLJoinDatabase.Options()
        options.schema = .requireCurrent
        options.patience = .seconds(20)
        configure(&options)
        var databases: [PostgreSQLJoinDatabase] = []
        for _ in 0..<stores {
            databases.append(try await PostgreSQLJoinDatabase(address, options: options, clock: clock))
        }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(databases, address)) } catch { result = .failure(error) }
        for database in databases { await database.close() }
        if !isNew { cluster.giveBack(name) }
        return try result.get()
    }
}
#endif
