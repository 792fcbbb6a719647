#if CommandLine
import ArgumentParser
import LivechatPersistence
import LivechatPostgreSQL

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Make a database, or bring its schema up to date.",
        discussion: """
            A file that has only tables of another program gets the tables of this one beside them. A database that is \
            newer than this program is refused and not touched.
            """
    )

    @Flag(help: "Leave the default roles and grants out of a new database, to `load` a dump into it.")
    var empty = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let names: [String]
        switch try database.place {
        case .file(let path): names = try JoinDatabase.migrate(path: path, withDefaultGrants: !empty)
        case .server(let address):
            #if PostgreSQL
            names = try await PostgreSQLJoinDatabase.migrate(address, withDefaultGrants: !empty)
            #else
            throw Failure("\(address) needs the trait PostgreSQL")
            #endif
        }
        if names.isEmpty { try StandardOutput.line("up to date") }
        for name in names { try StandardOutput.line("applied \(name)") }
    }
}
#endif
