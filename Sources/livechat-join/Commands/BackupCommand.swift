#if CommandLine
import ArgumentParser
import LivechatPersistence

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a new file while it is in use.",
        discussion: """
            The copy is of one moment, and one file that opens by itself. It has its name only once it is whole and on \
            the disk, and a file that has the name already is left alone. `restore` puts it in the place of a \
            database.
            """
    )

    @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
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

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of the database.",
        discussion: """
            All of it arrives in one transaction, under SQLite's locks: a server that is still running sees the restored \
            state with its next request. What was in the database before is gone. The event log gets a new id, so that a \
            cursor of the old log is not mistaken for one of this log. Back the database up first if in doubt.
            """
    )

    @Argument(
        help: ArgumentHelp("The backup, made by `backup` or by SQLite itself.", valueName: "file"),
        completion: .file()
    )
    var file: String

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if file.isEmpty { throw ValidationError("Name the backup.") }
    }

    func run() async throws {
        let path = try database.path
        try await JoinDatabase.restore(file, to: path)
        try StandardOutput.line("restored \(path) from \(file)")
    }
}
#endif
