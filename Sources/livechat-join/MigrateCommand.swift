#if CommandLine
import ArgumentParser
import LivechatPersistence

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Make a database, or bring its schema up to date.",
        discussion: "A database that is newer than this program is refused and not touched."
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let names = try JoinDatabase.migrate(path: database.path)
        if names.isEmpty { try StandardOutput.line("up to date") }
        for name in names { try StandardOutput.line("applied \(name)") }
    }
}
#endif
