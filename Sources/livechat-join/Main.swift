#if CommandLine
import ArgumentParser
import Foundation
import LivechatPersistence
import Logging

@main
struct Main {
    static func main() async {
        StandardStreams.prepare()
        do {
            try JoinDatabase.turnOffMemoryCount()
        } catch {
            // Something that was loaded into the process has used SQLite; it is only slower so.
            StandardError.line("livechat-join: \(error)")
        }
        var used: any ParsableCommand.Type = LivechatJoinCommand.self
        do {
            let arguments = try ProgramArguments.all()
            try CommandWords.check(arguments)
            var command = try LivechatJoinCommand.parseAsRoot(arguments)
            used = type(of: command)
            try DescriptorLimit.require(DescriptorLimit.ofCommand)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let wrongUsage as ValidationError {
            // What is found when a command runs; the argument parser would show the usage of the whole program.
            StandardError.line("Error: \(wrongUsage.message)\nUsage: \(LivechatJoinCommand.usageString(for: used))")
            exit(ExitCode.validationFailure.rawValue)
        } catch let failure as Failure {
            StandardError.line("livechat-join: \(failure)")
            exit(1)
        } catch  where LivechatJoinCommand.exitCode(for: error) == .failure {
            StandardError.line("livechat-join: \(Failure(error))")
            exit(1)
        } catch {
            leave(withMessageOf: error)
        }
    }

    /// Help, the version and usage errors are the argument parser's own, but it does not notice when nobody gets them.
    private static func leave(withMessageOf error: any Error) -> Never {
        let code = LivechatJoinCommand.exitCode(for: error)
        let message = LivechatJoinCommand.fullMessage(for: error)
        guard code == .success else {
            if !message.isEmpty { StandardError.line(message) }
            exit(code.rawValue)
        }
        do {
            if !message.isEmpty { try StandardOutput.line(message) }
            exit(0)
        } catch {
            StandardError.line("livechat-join: \(error)")
            exit(1)
        }
    }
}

/// The command itself; everything it does, a subcommand does.
struct LivechatJoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "livechat-join",
        abstract: "Decides who may enter a livechat room, and lets them in.",
        discussion: """
            See what it does:   livechat-join demo
            Make a database:    livechat-join migrate --database chat.db
            Fill it:            livechat-join load fixture.json --database chat.db
            Serve it:           livechat-join serve --database chat.db
            Change it:          livechat-join room close r1 --database chat.db

            Exit status: 0 done, 1 refused or failed (one line on standard error says why), 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            DemoCommand.self, ServeCommand.self, MigrateCommand.self, LoadCommand.self, DumpCommand.self,
            ImportCommand.self, JoinCommand.self, ExplainCommand.self, WhoCommand.self, WhereCommand.self,
            EventsCommand.self,
            BackupCommand.self, RestoreCommand.self,
            CheckCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Administration",
                subcommands: [
                    UserCommand.self, RoleCommand.self, PermissionCommand.self, DepartmentCommand.self,
                    RoomCommand.self, TokenCommand.self, SettingCommand.self,
                ]
            )
        ]
    )
}
#endif
