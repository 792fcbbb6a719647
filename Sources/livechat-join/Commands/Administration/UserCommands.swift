#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "List and show users, add, change and remove them, and give them roles.",
        subcommands: [
            ListCommand<LivechatStoredUser>.self, UserShowCommand.self,
            UserAddCommand.self, UserSetCommand.self, UserRemoveCommand.self, UserAssignCommand.self,
            UserWithdrawCommand.self,
        ]
    )
}

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a user.")

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Option(parsing: .unconditional, help: ArgumentHelp("The user's name, which decides nothing.", valueName: "name"))
    var username: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The user's roles, which count everywhere: \(LivechatRoleID.help).", valueName: "role"),
        transform: LivechatRoleID.argument
    )
    var role: [LivechatRoleID] = []

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            try await database.addUser(LivechatUser(id: user, username: username), roles: role)
        }
    }
}

struct UserSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change a user's name, or whether the user may log in."
    )

    /// Whether the user may log in.
    enum Login: EnumerableFlag, Sendable {
        case active
        case inactive

        static func help(for login: Login) -> ArgumentHelp? {
            switch login {
            case .active: "Let the user log in."
            case .inactive: "Do not let the user log in: every token is refused."
            }
        }
    }

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Option(parsing: .unconditional, help: ArgumentHelp("The user's name, which decides nothing.", valueName: "name"))
    var username: String?

    @Flag var login: Login?

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        if username == nil, login == nil {
            throw ValidationError("Say what to set: --username, --active or --inactive.")
        }
    }

    func run() async throws {
        try await database.withDatabase { database in
            try await database.setUser(user) { [login, username] user in
                if let login { user.isActive = login == .active }
                if let username { user.username = username }
            }
        }
    }
}

/// A user and a role, which counts everywhere or in one room.
struct RoleAssignment: ParsableArguments {
    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Argument(help: "The role's id: \(LivechatRoleID.help).", transform: LivechatRoleID.argument)
    var role: LivechatRoleID

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The only room that the role counts in (default: all rooms).", valueName: "room"),
        transform: LivechatRoomID.argument
    )
    var room: LivechatRoomID?
}

struct UserAssignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Give a user a role.",
        discussion: "With --room the user must be a member of the room, and the role goes when the membership ends."
    )

    @OptionGroup var assignment: RoleAssignment
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            try await database.assign(assignment.role, to: assignment.user, in: assignment.room)
        }
    }
}

struct UserWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take a role from a user.",
        discussion:
            "With --room the role is taken that was given in the room, without it the one that counts everywhere."
    )

    @OptionGroup var assignment: RoleAssignment
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            try await database.withdraw(assignment.role, from: assignment.user, in: assignment.room)
        }
    }
}
#endif
