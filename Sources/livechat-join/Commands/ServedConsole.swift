#if CommandLine
import ArgumentParser
import Foundation
import LivechatConsole
import LivechatFixture
import LivechatJoin
import LivechatPersistence
import Logging
import ServiceLifecycle

/// The console beside a server, if one was asked for: it reads a file through connections of its own.
struct ServedConsole: Sendable {
    #if Console
    private let console: JoinConsole?
    private let refusals = JoinRefusalCount()
    private let isListening: AsyncStream<Void>

    /// Opens what the console reads for as long as the work takes.
    ///
    /// - Parameters:
    ///   - option: Where it listens; without a place there is none.
    ///   - database: What is served.
    ///   - profile: What it is served with.
    ///   - logger: Receives what is looked up.
    ///   - output: Receives the address and the key.
    ///   - work: Serves.
    /// - Throws: `LivechatStoreError` when the database cannot be opened once more, and what `work` throws.
    static func with(
        _ option: ConsoleOption,
        beside database: any OperatedStore,
        profile: JoinProfile,
        _ logger: Logger,
        _ output: LogWriter,
        _ work: (ServedConsole) async throws -> Void
    ) async throws {
        guard let place = option.console else { return try await work(ServedConsole()) }
        let reader = try (database as? JoinDatabase).map { file in
            var options = JoinDatabase.Options()
            (options.schema, options.access, options.readers) = (.requireCurrent, .readOnly, 1)
            return try JoinDatabase(path: file.path, options: options, logger: logger)
        }
        do {
            let store: any OperatedStore = reader ?? database
            let served = try ServedConsole(place, option.consolePublic, store, database, profile, logger, output)
            try await work(served)
            await reader?.close()
        } catch {
            await reader?.close()
            throw error
        }
    }

    private init() {
        console = nil
        isListening = AsyncStream { $0.finish() }
    }

    private init(
        _ place: ConsolePlace,
        _ isPublic: Bool,
        _ reader: any OperatedStore,
        _ database: any OperatedStore,
        _ profile: JoinProfile,
        _ logger: Logger,
        _ output: LogWriter
    ) throws {
        var options = JoinConsoleOptions()
        (options.host, options.port, options.isPublic) = (place.host, Int(place.port), isPublic)
        options.database = (database as? JoinDatabase).map { URL(fileURLWithPath: $0.path).path } ?? database.name
        let (isListening, announce) = AsyncStream.makeStream(of: Void.self)
        self.isListening = isListening
        let started = LivechatClock.system.now
        console = try JoinConsole(
            reader,
            profile: profile,
            refusals: refusals,
            options: options,
            logger: logger,
            onListening: { address in
                output.append(Array("console on \(address)\n".utf8))
                announce.finish()
            },
            health: { await Self.facts(of: database, since: started) }
        )
    }

    /// The service, whose refusals the console shows.
    func counting(_ service: JoinService) -> JoinService {
        console == nil ? service : service.counting { [refusals] in refusals.count($0) }
    }

    /// What runs: the console listens before the server does, so that a port that is taken stops the start.
    func services(with server: any Service) -> [any Service] {
        guard let console else { return [server] }
        return [console, FollowingService(isReady: isListening, service: server)]
    }

    private static func facts(
        of database: any OperatedStore,
        since started: LivechatTimestamp
    ) async -> [JoinConsoleFact] {
        var facts = [
            JoinConsoleFact("livechat-join", LivechatJoinCommand.configuration.version),
            JoinConsoleFact("started", at: started),
            JoinConsoleFact("database", database.name),
        ]
        do throws(LivechatStoreError) {
            try await database.checkHealth()
            facts.append(JoinConsoleFact("reads and writes", "work"))
        } catch {
            facts.append(JoinConsoleFact("reads and writes", "\(error)", isFault: true))
        }
        guard let status = (database as? JoinDatabase)?.status else { return facts }
        facts += [
            JoinConsoleFact("schema", "\(status.schema), SQLite \(status.sqliteVersion)"),
            JoinConsoleFact("size of the database", bytes: status.databaseBytes),
            JoinConsoleFact("size of the write-ahead log", bytes: status.logBytes),
        ]
        let checkpoint = "last checkpoint"
        facts.append(
            status.lastCheckpoint.map { JoinConsoleFact(checkpoint, at: $0) }
                ?? JoinConsoleFact(checkpoint, "none since the start")
        )
        return facts
    }
    #else
    static func with(
        _ option: ConsoleOption,
        beside database: any OperatedStore,
        profile: JoinProfile,
        _ logger: Logger,
        _ output: LogWriter,
        _ work: (ServedConsole) async throws -> Void
    ) async throws {
        if option.console != nil {
            throw Failure(
                "this program was built without the trait Console: build it with --traits CommandLine,Console"
            )
        }
        try await work(ServedConsole())
    }

    func counting(_ service: JoinService) -> JoinService { service }

    func services(with server: any Service) -> [any Service] { [server] }
    #endif
}

#if Console
/// A service that begins when another one is ready.
private struct FollowingService: Service {
    let isReady: AsyncStream<Void>
    let service: any Service

    func run() async throws {
        for await _ in isReady.cancelOnGracefulShutdown() {}
        // The other one has failed, and takes this one along.
        if Task.isCancelled { return }
        try await service.run()
    }
}
#endif
#endif
