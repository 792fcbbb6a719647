#if CommandLine
import ArgumentParser
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
            var log = EventLog(database: database, sequence: after)
            guard follow else { return try await log.write() }
            let group = ServiceGroup(
                services: [Follower(log: log)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
            )
            try await group.run()
        }
    }
}

/// Writes events as they are, and keeps its place.
private struct EventLog {
    let database: JoinDatabase
    var sequence: Int64

    /// Writes every event that there is by now.
    mutating func write() async throws {
        while true {
            let events = try await database.events(after: sequence)
            guard let last = events.last else { return }
            try StandardOutput.write(Array(events.map { $0.json + "\n" }.joined().utf8))
            sequence = last.sequence
        }
    }
}

/// Goes on writing until it is asked to stop.
private struct Follower: Service {
    /// How long it waits before it looks again: other processes write, and SQLite tells nobody.
    private static let pause: Duration = .milliseconds(100)

    let log: EventLog

    func run() async throws {
        var log = log
        while !Task.isShuttingDownGracefully {
            try await log.write()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }
}
#endif
