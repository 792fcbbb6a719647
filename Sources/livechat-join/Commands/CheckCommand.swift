#if CommandLine
import ArgumentParser
import LivechatPersistence

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the whole database, and say how to mend what is wrong.",
        discussion: "Writes nothing, reads the whole file, and can run while the database is in use."
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let path = try database.path
        let checks = try await JoinDatabase.check(path: path)
        for check in checks { try StandardOutput.line(check.description) }
        let wrong = checks.count { !$0.holds }
        guard wrong == 0 else {
            throw Failure("\(path) is not as it should be: see what is marked with ✗")
        }
    }
}
#endif
