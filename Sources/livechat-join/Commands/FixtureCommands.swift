#if CommandLine
import ArgumentParser
import LivechatPersistence
import Synchronization

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put a fixture into the database: all of it or nothing.",
        discussion: """
            What exists is changed, what does not is added, and what is not named stays as it is. A list that is given \
            replaces what was there.

            Prints what was added, changed and removed, a line for each kind, and a line for each permission that \
            gained or lost a role.

            The fixture is read and checked before anything is locked, and read again while it is written. Joins wait \
            until it is written: about half a second for 10,000 users, ten for 100,000 users and rooms. A join that \
            has waited for 5 seconds is answered 503: load a large fixture in parts. --dry-run makes joins wait as long.
            """
    )

    @Argument(
        help: ArgumentHelp("The fixture, in JSON; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var file: String

    @Flag(help: "Print what would be added, changed and removed, and write nothing.")
    var dryRun = false

    @Flag(help: "Add to lists in place of replacing them, and remove nothing.")
    var merge = false

    @Option(
        help: ArgumentHelp(
            "The page cache meanwhile, in MiB. Many millions load faster with as much as their ids take.",
            valueName: "MiB"
        )
    )
    var cache = JoinDatabase.Options().loadCacheBytes >> 20

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        guard (1...1_048_576).contains(cache) else {
            throw ValidationError("The value of --cache is a number of MiB, from 1 to 1048576.")
        }
    }

    func run() async throws {
        var options = JoinDatabase.Options()
        options.loadCacheBytes = cache << 20
        let summary = try await database.withDatabase(options: options) { database in
            let document = try Document(file)
            let bar = ProgressBar.onTerminal()
            defer { bar?.clear() }
            do {
                return try await database.load(merge: merge, dryRun: dryRun) { offset in
                    let bytes = try document.bytes(from: offset)
                    if let size = document.size { bar?.show(document.label, offset, of: size) }
                    return bytes
                }
            } catch let error as FixtureError {
                throw Failure("\(name): \(error)")
            }
        }
        try StandardOutput.line((dryRun ? "dry run of \(name), nothing is written" : "loaded \(name)") + "\n\(summary)")
    }

    /// The document, and how often its reading has begun.
    private final class Document: Sendable {
        let size: Int?
        private let input: Input
        private let readings = Atomic(0)

        init(_ file: String) throws(Failure) {
            input = try Input(file)
            size = input.size
        }

        func bytes(from offset: Int) throws(Failure) -> [UInt8] {
            if offset == 0 { readings.add(1, ordering: .relaxed) }
            return try input.bytes(from: offset)
        }

        var label: String { readings.load(ordering: .relaxed) < 2 ? "checking" : "loading" }
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
        let bar = ProgressBar.onTerminal()
        defer { bar?.clear() }
        try await database.withDatabase(onlyReads: true) { database in
            try await database.dump(
                progress: bar.map { bar in { done, total in bar.show("dumping", done, of: total) } },
                to: StandardOutput.write
            )
        }
    }
}
#endif
