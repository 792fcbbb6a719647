#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

// What is removed takes along what belongs to it, and lets nobody in who was not (contract C15).

struct UserRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a user with their tokens, roles and memberships.",
        discussion: "Rooms that the user serves are served by nobody. The user's events stay in the log."
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in try await database.removeUser(user) }
    }
}

struct RoleRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a role with its grants, and take it from those who hold it.",
        discussion: "A restricted role that users hold is not removed, since they could do more without it."
    )

    @Argument(help: "The role's id.", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in try await database.removeRole(role) }
    }
}

struct PermissionRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a permission with its grants.",
        discussion: "A permission that a role is restricted to is not removed."
    )

    @Argument(help: "The permission's id.", transform: LivechatPermissionID.argument)
    var permission: LivechatPermissionID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in try await database.removePermission(permission) }
    }
}

struct DepartmentRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a department with its agents.",
        discussion: "One that rooms or inquiries belong to is not removed: it would open their queue to everyone."
    )

    @Argument(help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in try await database.removeDepartment(department) }
    }
}

struct RoomRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a room with its members and its inquiry.",
        discussion: "The room's events stay in the log."
    )

    @Argument(help: "The room's id.", transform: LivechatRoomID.argument)
    var room: LivechatRoomID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in try await database.removeRoom(room) }
    }
}
#endif
