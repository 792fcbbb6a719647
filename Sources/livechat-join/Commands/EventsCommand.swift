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
        discussion: """
            Keep the log and the seq of the last event you have dealt with, and ask for what comes after it: \
            --after LOG:SEQ. It is an error when the log is another one, as after a restore, or ends before that event, or \
            when events that follow it have been removed: some may be lost, or come again.
            """,
        subcommands: [NewLogCommand.self]
    )

    @Option(
        help: ArgumentHelp("Print events after this one, SEQ or LOG:SEQ; 0 prints all.", valueName: "cursor"),
        transform: Self.cursor
    )
    var after: JoinEvent.Cursor = 0

    @Flag(help: "Wait for more until interrupted.")
    var follow = false

    @OptionGroup var database: DatabaseOption

    private static func cursor(_ text: String) throws -> JoinEvent.Cursor {
        guard let cursor = JoinEvent.Cursor(text) else {
            throw ValidationError("It is 0, the seq of an event, or its log and seq, such as 1f0a9c3e:7.")
        }
        return cursor
    }

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            var follower = Follower(database: database, start: after)
            guard follow else {
                _ = try await follower.write(after: after)
                return
            }
            try await follower.adoptLog()
            let group = ServiceGroup(
                services: [follower],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
            )
            try await group.run()
        }
    }
}

struct NewLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-log",
        abstract: "Give the event log a new id.",
        discussion: """
            From then on a cursor that was kept is an error. Do so when a copy has taken the place of a database by other \
            means than `restore`, which does it by itself.
            """
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase { database in
            let log = try await database.startNewEventLog()
            try StandardOutput.line("the event log is \(log) now")
        }
    }
}

/// Writes events until it is asked to stop.
private struct Follower: Service {
    /// How long it waits before it looks again: other processes write, and SQLite tells nobody.
    private static let pause: Duration = .milliseconds(100)

    let database: JoinDatabase
    var start: JoinEvent.Cursor

    /// Takes the log that there is for the cursor's, so that a restore meanwhile is noticed.
    mutating func adoptLog() async throws {
        let end = try await database.endOfEvents()
        if start.log == nil, start.sequence > 0 || end.sequence == 0 {
            start = JoinEvent.Cursor(log: end.log, sequence: start.sequence)
        }
    }

    func run() async throws {
        var last = start
        while !Task.isShuttingDownGracefully {
            last = try await write(after: last)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }

    /// Writes every event that there is by now.
    ///
    /// - Returns: The cursor of the last event written; `cursor` where there was none.
    func write(after cursor: JoinEvent.Cursor) async throws -> JoinEvent.Cursor {
        var last = cursor
        var events = try await database.events(after: last)
        while let newest = events.last {
            try StandardOutput.write(Array(events.map { $0.json + "\n" }.joined().utf8))
            last = newest.cursor
            events = try await database.events(after: last)
        }
        return last
    }
}
#endif
