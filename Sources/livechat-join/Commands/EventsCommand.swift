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
            Store the log and the seq of the last event you have handled, and ask for those after it: --after LOG:SEQ. \
            It is an error when the log is another one, as after a restore, when it ends before that event, or when \
            events behind it have been removed: you might miss some, or see some twice. With --kind, add --cursors, and \
            store the cursors of these lines too: otherwise yours stays at the last event of your kinds, and is an error \
            when those behind it are pruned.
            """,
        subcommands: [NewLogCommand.self, PruneCommand.self]
    )

    @Option(
        help: ArgumentHelp("Print events after this one, SEQ or LOG:SEQ; 0 prints all.", valueName: "cursor"),
        transform: JoinEvent.Cursor.argument
    )
    var after: JoinEvent.Cursor = 0

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Print events of these kinds only, such as joined or roomClosed.", valueName: "kind"),
        completion: .list(JoinEvent.Kind.all.map(\.rawValue))
    )
    var kind: [String] = []

    @Flag(help: #"Write {"cursor":"LOG:SEQ"} where events of other kinds have been skipped."#)
    var cursors = false

    @Flag(help: "Wait for more until interrupted.")
    var follow = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let kinds = kind.isEmpty ? nil : Set(kind.map(JoinEvent.Kind.init))
        // Another program may write kinds of its own; a typing error should not look like an empty log.
        for kind in kinds?.subtracting(JoinEvent.Kind.all) ?? [] {
            let name = kind.rawValue
            let alike = JoinEvent.Kind.all.first { $0.rawValue.lowercased() == name.lowercased() }
            StandardError.line(
                "livechat-join: \(JSONString.quoted(name)) is not a kind that this version writes"
                    + (alike.map { "; did you mean \($0)?" }
                        ?? "; it writes \(JoinEvent.Kind.all.map(\.rawValue).joined(separator: ", "))")
            )
        }
        try await database.withDatabase(onlyReads: true) { database in
            guard follow else { return try await write(database, kinds) }
            let events = database.eventSequence(after: after, kinds: kinds, every: Follower.pause) { [cursors] cursor in
                if cursors { try StandardOutput.line(cursor.json) }
            }
            let follower = Follower(events: events)
            let group = ServiceGroup(
                services: [follower],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "livechat-join") { _ in SwiftLogNoOpLogHandler() }
            )
            try await group.run()
        }
    }

    /// Writes every event that there is by now.
    private func write(_ database: any OperatedStore, _ kinds: Set<JoinEvent.Kind>?) async throws {
        var cursor = after
        while true {
            let page = try await database.eventPage(after: cursor, limit: 1_000, kinds: kinds)
            var lines = page.events.map(\.json)
            if cursors, page.next.sequence > page.events.last?.sequence ?? cursor.sequence {
                lines.append(page.next.json)
            }
            if lines.isEmpty { return }
            try StandardOutput.write(Array(lines.map { $0 + "\n" }.joined().utf8))
            cursor = page.next
        }
    }
}

extension JoinEvent.Cursor {
    /// The cursor as a line of JSON.
    fileprivate var json: String { #"{"cursor":"\#(description)"}"# }

    /// Takes a cursor from the command line.
    ///
    /// - Throws: `ValidationError` when it is none.
    fileprivate static func argument(_ text: String) throws -> JoinEvent.Cursor {
        guard let cursor = JoinEvent.Cursor(text) else {
            throw ValidationError("It is 0, the seq of an event, or its log and seq, such as 1f0a9c3e:7.")
        }
        return cursor
    }
}

/// Writes events until it is asked to stop.
private struct Follower: Service {
    /// How long it waits before it looks again: other processes write, and SQLite tells nobody.
    static let pause: Duration = .milliseconds(100)

    let events: JoinEventSequence

    func run() async throws {
        for try await event in events.cancelOnGracefulShutdown() { try StandardOutput.line(event.json) }
    }
}

struct NewLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-log",
        abstract: "Give the event log a new id.",
        discussion: """
            Every cursor that was stored before is an error from then on. Do this after you have replaced a database by \
            other means than `restore`, which does it itself.
            """
    )

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            let log = try await database.startNewEventLog()
            try StandardOutput.line("the event log is \(log) now")
        }
    }
}

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove the oldest events.",
        discussion: """
            Prune what every reader has handled and the audit trail may lose: no further than the cursor that a reader \
            has stored, plus 1. A cursor before the last removed event is an error from then on, even if its \
            reader had no use for the events between. The pruning is itself an event.

            It is one transaction. Joins wait until it is done, and one that has waited for 5 seconds is answered 503: \
            prune a large log step by step.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The first event to keep, SEQ or LOG:SEQ; the last seq + 1 keeps none.",
            valueName: "cursor"
        ),
        transform: JoinEvent.Cursor.argument
    )
    var before: JoinEvent.Cursor

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            let count = try await database.pruneEvents(before: before)
            try StandardOutput.line("\(count) \(count == 1 ? "event" : "events") removed")
        }
    }
}
#endif
