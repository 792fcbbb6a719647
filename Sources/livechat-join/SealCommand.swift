#if CommandLine
import ArgumentParser
import LivechatPersistence

struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Take the database for right as it is, after another program has written to it.",
        discussion: """
            Every page has a checksum, and a database with a page that is not as it was written lets nobody in. After a \
            change by another program, or damage that no backup can undo, this writes every page anew with its checksum. \
            Stop everything that uses the database, and keep a copy of it with its -wal and -shm; what has been lost is \
            not brought back.
            """
    )

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        let path = try database.path
        try await JoinDatabase.seal(path: path)
        try StandardOutput.line("every page of \(path) has its checksum")
    }
}
#endif
