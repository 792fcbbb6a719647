#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct RoomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room",
        abstract: "List and show rooms, add, change, remove and queue them.",
        subcommands: [
            ListCommand<LivechatStoredRoom>.self, ShowCommand<LivechatStoredRoom>.self,
            RoomAddCommand.self, RoomRemoveCommand.self, RoomSetCommand.self, RoomOpenCommand.self,
            RoomCloseCommand.self,
            RoomServeCommand.self, RoomUnserveCommand.self, RoomQueueCommand.self, RoomDequeueCommand.self,
            RoomMembersCommand.self, RoomAddMemberCommand.self, RoomLeaveCommand.self,
        ]
    )
}

struct RoomAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a livechat room, open and without members."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The agent who serves the room; who makes the change is --actor.", valueName: "user"),
        transform: LivechatUserID.argument
    )
    var by: LivechatUserID?

    @Option(
        parsing: .unconditional,
        help: "The department it belongs to.",
        transform: LivechatDepartmentID.argument
    )
    var department: LivechatDepartmentID?

    @OptionGroup var database: ServedDatabase

    func run() async throws {
        try await database.withDatabase(agent: by) { database in
            try await database.addRoom(LivechatRoom(id: room, servedBy: by, departmentID: department))
        }
    }
}

struct RoomSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set the department that a room belongs to."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Option(parsing: .unconditional, help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.setRoom(room, department: department) }
    }
}

struct RoomOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "open", abstract: "Open a room.")

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.openRoom(room) }
    }
}

struct RoomCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a room, so that nobody joins it any more."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.closeRoom(room) }
    }
}

struct RoomServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Make a user the agent who serves a room."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The agent who serves the room; who makes the change is --actor.", valueName: "user"),
        transform: LivechatUserID.argument
    )
    var by: LivechatUserID

    @OptionGroup var database: ServedDatabase

    func run() async throws {
        try await database.withDatabase(agent: by) { try await $0.serve(room, by: by) }
    }
}

struct RoomUnserveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unserve",
        abstract: "Leave a room without a serving agent."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.unserve(room) }
    }
}
#endif
