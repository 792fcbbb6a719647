#if CommandLine
import ArgumentParser
import LivechatPersistence

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a new file while it is in use.",
        discussion: """
            The copy shows one moment and is a single file that opens by itself. It gets its name only once it is \
            complete and on the disk, and an existing file is never overwritten. `restore` puts it back.
            """
    )

    @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
    var file: String

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if file.isEmpty { throw ValidationError("Name the new file.") }
    }

    func run() async throws {
        let path = try database.file(or: "copy a PostgreSQL database with pg_basebackup or pg_dump")
        try await JoinDatabase.backup(path, to: file)
        try StandardOutput.line("copied \(path) to \(file)")
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the database with a backup.",
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
        let path = try database.file(
            or: "restore a PostgreSQL database with its own tools, and run `events new-log` then"
        )
        try await JoinDatabase.restore(file, to: path)
        try StandardOutput.line("restored \(path) from \(file)")
    }
}
#endif
