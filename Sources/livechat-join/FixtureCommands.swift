#if CommandLine
import ArgumentParser
import LivechatPersistence

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put a fixture into the database: all of it or nothing.",
        discussion: "What exists is changed, what does not is added, and what is not named stays as it is."
    )

    @Argument(help: ArgumentHelp("The fixture, in JSON; - is standard input.", valueName: "file"))
    var file: String

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase { database in
            let fixture = try Input.read(file)
            do {
                try await database.load(fixture: fixture)
            } catch let error as FixtureError {
                throw Failure("\(name): \(error)")
            }
        }
        try StandardOutput.line("loaded \(name)")
    }

    private var name: String { file == "-" ? "standard input" : file }
}

struct DumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Write the whole state as a fixture, in stable order.",
        discussion: "Tokens are written as digests, never raw. Events are not written."
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase { database in try await database.dump(to: StandardOutput.write) }
    }
}
#endif
