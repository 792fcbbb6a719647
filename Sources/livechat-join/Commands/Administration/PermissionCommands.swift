#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct PermissionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permission",
        abstract: "List and show permissions and who holds them, add and remove them, and grant them to roles.",
        subcommands: [
            ListCommand<LivechatStoredPermission>.self, ShowCommand<LivechatStoredPermission>.self,
            PermissionWhoCommand.self,
            PermissionAddCommand.self, PermissionRemoveCommand.self, PermissionGrantCommand.self,
            PermissionRevokeCommand.self,
        ]
    )
}

struct PermissionAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a permission, granted to no role yet."
    )

    @Argument(help: "The permission's id.", transform: LivechatPermissionID.argument)
    var permission: LivechatPermissionID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.addPermission(permission) }
    }
}

/// A permission and roles.
struct PermissionGrant: ParsableArguments {
    @Argument(help: "The permission's id.", transform: LivechatPermissionID.argument)
    var permission: LivechatPermissionID

    @Argument(
        help: ArgumentHelp("The roles' ids: \(LivechatRoleID.help).", valueName: "role"),
        transform: LivechatRoleID.argument
    )
    var roles: [LivechatRoleID]

    /// Does what the command is about.
    ///
    /// - Throws: What `work` throws; where there is no such permission, with the order of the arguments.
    func perform(_ work: (LivechatPermissionID, [LivechatRoleID]) async throws -> Void) async throws {
        do {
            try await work(permission, roles)
        } catch let error as LivechatStoreError
            where error.description == LivechatStoreError.none("permission", permission).description
        {
            throw Failure("\(error): the permission comes first, then its roles")
        }
    }
}

struct PermissionGrantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "grant", abstract: "Grant roles a permission.")

    @OptionGroup var grant: PermissionGrant
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { store in
            try await grant.perform { try await store.grant($0, to: $1) }
        }
    }
}

struct PermissionRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Take a permission from roles.")

    @OptionGroup var grant: PermissionGrant
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { store in
            try await grant.perform { try await store.revoke($0, from: $1) }
        }
    }
}
#endif
