#if CommandLine
import ArgumentParser
import LivechatPersistence
import LivechatPostgreSQL

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the whole database, and say how to mend what is wrong.",
        discussion: "Writes nothing, reads the whole file, and can run while the database is in use."
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let name: String
        let checks: [DatabaseCheck]
        switch try database.place {
        case .file(let path): (name, checks) = (path, try await JoinDatabase.check(path: path))
        case .server(let address):
            #if PostgreSQL
            (name, checks) = ("the database", try await PostgreSQLJoinDatabase.check(address))
            #else
            throw Failure("\(address) needs the trait PostgreSQL")
            #endif
        }
        for check in checks { try StandardOutput.line(check.description) }
        let wrong = checks.count { !$0.holds }
        guard wrong == 0 else {
            throw Failure("\(name) is not as it should be: see what is marked with ✗")
        }
    }
}
#endif
