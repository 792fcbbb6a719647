#if CommandLine
import ArgumentParser
import LivechatFixture
import LivechatImport
import LivechatJoin
import LivechatPersistence

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import the data of another server.",
        subcommands: [RocketChatCommand.self]
    )
}

struct RocketChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rocket-chat",
        abstract: "Import what mongodump or mongoexport has written of a Rocket.Chat server: all of it or nothing.",
        discussion: """
            The folder has a file for each collection, such as users.bson or rocketchat_room.json. What exists is \
            changed, what does not is added, so it can be run again. Everything is read and checked before anything is \
            locked; joins wait while it is written, as with `load`.

            Prints what was read, imported and left out, and why. Needs a program that was built with the trait Import.
            """
    )

    @Argument(help: ArgumentHelp("The folder of the export, such as dump/rocketchat.", valueName: "dir"))
    var folder: String

    @Flag(help: "Print the report and what would be changed, and write nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Write the report as JSON lines to a new file, too.", valueName: "file"))
    var report: String?

    @Flag(help: "Leave closed livechat rooms out.")
    var onlyOpen = false

    @Flag(help: "Import channels, private groups and direct messages too, which cannot be joined.")
    var allRooms = false

    @Flag(help: "Restrict the role guest as the server's licence does.")
    var restrictGuests = false

    @Flag(help: "Remove what an export of everything no longer has. Not for an export of a part.")
    var prune = false

    @Flag(help: "Make a reference to nothing an error; otherwise it is left out and counted.")
    var strict = false

    @Flag(help: "Import the permissions of single settings too.")
    var settingsPermissions = false

    @Option(help: ArgumentHelp("Write a new file with the fixture in place of the database.", valueName: "file"))
    var toFixture: String?

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        if folder.isEmpty { throw ValidationError("Name the folder of the export.") }
        if report?.isEmpty == true { throw ValidationError("Name the file of the report.") }
        if toFixture?.isEmpty == true { throw ValidationError("Name the file of the fixture.") }
        if dryRun, toFixture != nil {
            throw ValidationError("Give --dry-run or --to-fixture: neither writes the database.")
        }
    }

    #if Import
    func run() async throws {
        if toFixture == nil { _ = try database.database.place }
        let bar = ProgressBar.onTerminal()
        defer { bar?.clear() }
        let progress: RocketChatExport.Progress = { what, done, total in bar?.show(what, done, of: total) }
        let export = try RocketChatExport(folder: folder, options: options, progress: progress)
        bar?.clear()
        try StandardOutput.line(export.report.description)
        let report = try report.map { try PrivateFile($0) }
        try report?.write(Array(export.report.jsonLines.utf8))
        if let toFixture {
            try writeFixture(export.fixture(progress: progress), to: toFixture)
            bar?.clear()
            return try StandardOutput.line("wrote \(toFixture)")
        }
        let summary = try await database.withDatabase { database in
            try await database.load(export.fixture(progress: progress), dryRun: dryRun)
        }
        bar?.clear()
        try report?.write(Array((summary.usersAsJSON + "\n").utf8))
        try StandardOutput.line(
            (dryRun ? "dry run of \(folder), nothing is written" : "imported \(folder)") + "\n\(summary)"
        )
    }

    private var options: RocketChatExport.Options {
        var options = RocketChatExport.Options()
        options.onlyOpen = onlyOpen
        options.allRooms = allRooms
        options.restrictsGuests = restrictGuests
        options.isStrict = strict
        options.isWhole = prune
        options.takesSettingsPermissions = settingsPermissions
        return options
    }

    private func writeFixture(_ fixture: FixtureSource, to path: String) throws {
        let file = try PrivateFile(path)
        do {
            try fixture.write { bytes in try file.write(bytes) }
        } catch {
            file.remove()
            throw error
        }
    }
    #else
    func run() async throws {
        throw Failure("this program was built without the trait Import: build it with --traits CommandLine,Import")
    }
    #endif
}

#if Import
extension FixtureSummary {
    /// Who may join rooms now and could not before, and the other way round, with the first ten ids each.
    fileprivate var usersAsJSON: String {
        let members = [("gained", gainedUsers), ("lost", lostUsers)].map { name, users in
            #""\#(name)":{"count":\#(users.count),"ids":\#(JSONObject.ids(Array(users.prefix(10))))}"#
        }
        return #"{"mayJoin":{"# + members.joined(separator: ",") + "}}"
    }
}
#endif
#endif
