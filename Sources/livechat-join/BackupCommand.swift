#if CommandLine
import ArgumentParser
import LivechatPersistence

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a new file while it is in use.",
        discussion: """
            The copy is of one moment, and one file that opens by itself. It has its name only once it is whole and on \
            the disk, and a file that has the name already is left alone. To restore it, stop everything that uses the \
            database, remove the database with its -wal and -shm, and copy the backup to its place.
            """
    )

    @Argument(help: ArgumentHelp("The new file.", valueName: "file"))
    var file: String

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if file.isEmpty { throw ValidationError("Name the new file.") }
    }

    func run() async throws {
        let path = try database.path
        try await JoinDatabase.backup(path, to: file)
        try StandardOutput.line("copied \(path) to \(file)")
    }
}
#endif
