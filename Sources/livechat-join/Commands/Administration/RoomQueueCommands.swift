#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct RoomQueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Queue a room's inquiry, in place of the one it has."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Option(
        parsing: .unconditional,
        help: "The department in whose queue it waits (default: the public queue).",
        transform: LivechatDepartmentID.argument
    )
    var department: LivechatDepartmentID?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("An agent who may look into it as well.", valueName: "user"),
        transform: LivechatUserID.argument
    )
    var defaultAgent: LivechatUserID?

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            try await database.queue(room, department: department, defaultAgent: defaultAgent)
        }
    }
}

struct RoomDequeueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dequeue",
        abstract: "Take a room's inquiry away, so that nobody previews the room."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.dequeue(room) }
    }
}
#endif
