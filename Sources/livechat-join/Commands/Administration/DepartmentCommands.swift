#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct DepartmentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "department",
        abstract: "List and show departments, add and remove them, and say who their agents are.",
        subcommands: [
            ListCommand<LivechatStoredDepartment>.self, ShowCommand<LivechatStoredDepartment>.self,
            DepartmentAddCommand.self, DepartmentRemoveCommand.self, DepartmentEnableCommand.self,
            DepartmentDisableCommand.self,
            DepartmentAddAgentCommand.self, DepartmentRemoveAgentCommand.self,
        ]
    )
}

struct DepartmentAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a department, enabled and without agents."
    )

    @Argument(help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.addDepartment(department) }
    }
}

struct DepartmentEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Open a department's queue to its agents."
    )

    @Argument(help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.enable(department) }
    }
}

struct DepartmentDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Close a department's queue to its agents."
    )

    @Argument(help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.disable(department) }
    }
}

/// A department and users.
struct DepartmentAgents: ParsableArguments {
    @Argument(help: "The department's id.", transform: LivechatDepartmentID.argument)
    var department: LivechatDepartmentID

    @Argument(help: ArgumentHelp("The users' ids.", valueName: "user"), transform: LivechatUserID.argument)
    var users: [LivechatUserID]
}

struct DepartmentAddAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-agent",
        abstract: "Make users agents of a department."
    )

    @OptionGroup var agents: DepartmentAgents
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.addAgents(agents.users, to: agents.department) }
    }
}

struct DepartmentRemoveAgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-agent",
        abstract: "Take users out of a department."
    )

    @OptionGroup var agents: DepartmentAgents
    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.removeAgents(agents.users, from: agents.department) }
    }
}
#endif
