#if CommandLine
public import ArgumentParser
public import LivechatJoin
import LivechatPersistence

struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "List and show roles, add, change, restrict and remove them.",
        subcommands: [
            ListCommand<LivechatStoredRole>.self, ShowCommand<LivechatStoredRole>.self,
            RoleAddCommand.self, RoleSetCommand.self, RoleRestrictCommand.self, RoleUnrestrictCommand.self,
            RoleRemoveCommand.self,
        ]
    )
}

extension LivechatRole.Scope: ExpressibleByArgument {}

struct RoleAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a role, granted nothing yet.")

    @Argument(help: "The role's id.", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @Option(parsing: .unconditional, help: ArgumentHelp("What people read about the role.", valueName: "text"))
    var description: String?

    @Option(help: "Where the role is meant to be assigned, which decides nothing.")
    var scope = LivechatRole.Scope.users

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            try await database.addRole(LivechatRole(id: role, scope: scope, description: description))
        }
    }
}

struct RoleSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change what is said about a role, which decides nothing."
    )

    @Argument(help: "The role's id.", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @Option(parsing: .unconditional, help: ArgumentHelp("What people read about the role.", valueName: "text"))
    var description: String?

    @Option(help: "Where the role is meant to be assigned.")
    var scope: LivechatRole.Scope?

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        if description == nil, scope == nil { throw ValidationError("Say what to set: --description or --scope.") }
    }

    func run() async throws {
        try await database.withDatabase { database in
            try await database.setRole(role) { [scope, description] role in
                if let scope { role.scope = scope }
                if let description { role.description = description }
            }
        }
    }
}

struct RoleRestrictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict",
        abstract: "Limit a role's holders to these permissions.",
        discussion: """
            The restriction wins over what their other roles are granted, and replaces the one that the role has. It \
            grants nothing.
            """
    )

    @Argument(help: "The role's id.", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @Argument(
        help: ArgumentHelp("The permissions that the holders can have.", valueName: "permission"),
        transform: LivechatPermissionID.argument
    )
    var permissions: [LivechatPermissionID]

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.restrict(role, to: Set(permissions)) }
    }
}

struct RoleUnrestrictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unrestrict",
        abstract: "Lift the restriction of a role."
    )

    @Argument(help: "The role's id.", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.unrestrict(role) }
    }
}
#endif
