#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence
import Logging
import ServiceLifecycle
import UnixSignals

struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Write the event log as JSON lines.",
        discussion: "Keep the seq of the last event you have dealt with, and ask for what comes after it."
    )

    @Option(help: ArgumentHelp("The last event not to write; 0 writes all.", valueName: "seq"))
    var after: Int64 = 0

    @Flag(help: "Wait for more until interrupted.")
    var follow = false

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if after < 0 { throw ValidationError("The value of --after is 0 or the seq of an event.") }
    }

    func run() async throws {
        try await database.withDatabase { database in
            let follower = Follower(database: database, start: after)
            guard follow else {
                _ = try await follower.write(after: after)
                return
            }
            let group = ServiceGroup(
                services: [follower],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
            )
            try await group.run()
        }
    }
}

/// Writes events until it is asked to stop.
private struct Follower: Service {
    /// How long it waits before it looks again: other processes write, and SQLite tells nobody.
    private static let pause: Duration = .milliseconds(100)

    let database: JoinDatabase
    let start: Int64

    func run() async throws {
        var last = start
        while !Task.isShuttingDownGracefully {
            last = try await write(after: last)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }

    /// Writes every event that there is by now.
    ///
    /// - Returns: The sequence of the last event written; `sequence` where there was none.
    func write(after sequence: Int64) async throws -> Int64 {
        var last = sequence
        var events = try await database.events(after: last)
        while let newest = events.last {
            try StandardOutput.write(Array(events.map { $0.json + "\n" }.joined().utf8))
            last = newest.sequence
            events = try await database.events(after: last)
        }
        return last
    }
}
#endif
