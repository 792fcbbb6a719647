#if CommandLine
import ArgumentParser
import Foundation
import LivechatJoin
import LivechatPersistence
import LivechatServer
import Logging
import ServiceLifecycle
import Synchronization

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show every answer that a client can get.",
        discussion: """
            Makes a throw-away database, starts the server on a free port of this machine, sends one real HTTP \
            request for every answer, and checks each answer byte for byte against the contract. Exit status 0 says \
            that all are right. It takes no database and leaves nothing behind.
            """
    )

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("livechat-join-demo-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        } catch {
            throw Failure("cannot make a folder in \(FileManager.default.temporaryDirectory.path): set TMPDIR")
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try JoinDatabase(
            path: folder.appendingPathComponent("demo.db").path,
            logger: .silent
        )
        do {
            try await show(database)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    private func show(_ database: JoinDatabase) async throws {
        try await database.load(fixture: Array(DemoData.fixture.utf8))
        let decided = Mutex<JoinStep?>(nil)
        let rule = JoinRule { question in
            question.room.id.string == DemoData.ruledRoom ? JoinRule.Refusal(code: DemoData.ruleCode) : nil
        }
        func service(_ limiter: JoinLimiter?, _ clock: LivechatClock = .system) -> JoinService {
            JoinService(store: database, rules: [rule], limiter: limiter, clock: clock, logger: .silent) { _, outcome in
                decided.withLock { $0 = outcome.step }
            }
        }
        // On a clock that stands still, so that what is left of the minute is all of it.
        let now = LivechatClock.system.now
        let limited = service(JoinLimiter(requests: JoinRateLimit(requests: 1)), LivechatClock { now })
        try await serving(service(nil)) { port in
            var table = DemoTable()
            try StandardOutput.line("GET http://127.0.0.1:\(port)\(JoinRequest.path), once for every answer:\n")
            try StandardOutput.line(table.heading)
            func ask(_ row: DemoRow, _ port: Int) async throws -> String {
                let answer = try await DemoClient(port: port).get(JoinRequest.path + row.query, row.headers)
                return table.lines(row, answer, decided.withLock { $0.take() })
            }
            for row in DemoRow.all { try StandardOutput.line(await ask(row, port)) }
            try await serving(limited) { port in
                let row = DemoRow.tooMany
                _ = try await DemoClient(port: port).get(JoinRequest.path + row.query, row.headers)
                try StandardOutput.line(await ask(row, port))
            }
            try StandardOutput.line("\nThe event log, from which the backend tells the room:\n")
            let events = try await database.events(after: 0, kinds: [.joined])
            for event in events { try StandardOutput.line("   \(event.json)") }
            try StandardOutput.line("")
            if !table.wrong.isEmpty {
                throw Failure("not as the contract says: \(table.wrong.joined(separator: ", "))")
            }
            if events.count != 1 { throw Failure("two joins of one user left \(events.count) events, not 1") }
            try StandardOutput.line("All \(DemoRow.all.count + 1) answers are what the contract says, byte for byte.")
        }
    }

    /// Runs the server for as long as the work takes.
    private func serving(_ service: JoinService, _ work: @escaping (Int) async throws -> Void) async throws {
        let (ports, announce) = AsyncStream.makeStream(of: Int.self)
        let server = JoinServer(
            service,
            port: 0,
            logger: .silent,
            onListening: { port in
                announce.yield(port)
                announce.finish()
            },
            checkReadiness: {}
        )
        let group = ServiceGroup(services: [server], logger: .silent)
        async let running: Void = {
            defer { announce.finish() }
            try await group.run()
        }()
        var failure: (any Error)?
        do {
            guard let port = await ports.first(where: { _ in true }) else {
                try await running
                throw Failure("the server did not start")
            }
            try await work(port)
        } catch {
            failure = error
        }
        await group.triggerGracefulShutdown()
        try await running
        if let failure { throw failure }
    }
}
#endif
