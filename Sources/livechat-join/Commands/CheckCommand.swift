#if CommandLine
import ArgumentParser
import LivechatPersistence

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look the whole database over, and say what to do about what is wrong.",
        discussion: "Nothing is written. It may run beside those who use the database, and reads all of the file."
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
