#if CommandLine
import ArgumentParser
import Foundation
import LivechatPersistence
import Logging

/// The option that every command on a database takes.
struct DatabaseOption: ParsableArguments {
    private static let variable = "LIVECHAT_JOIN_DATABASE"

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp("The database file (environment: LIVECHAT_JOIN_DATABASE).", valueName: "path"),
        completion: .file()
    )
    private var flag: String?

    /// The file: the option, or the environment where there is none.
    ///
    /// A missing path is an error only when it is read: checked earlier, it would hide a misspelled option.
    var path: String {
        get throws {
            let path = try flag ?? ProgramArguments.variable(Self.variable) ?? ""
            if path.isEmpty {
                throw ValidationError("Which database? Give --database PATH, or set \(Self.variable).")
            }
            return path
        }
    }

    /// Opens the database as it is for as long as the work takes.
    ///
    /// - Parameters:
    ///   - onlyReads: Whether it is enough to be allowed to read the file.
    ///   - options: How it is opened; its schema must be the program's in any case.
    ///   - logger: nil for a command that ends by itself, which says what it does not do and nothing else.
    ///   - work: What to do with the database.
    /// - Returns: What `work` returns.
    /// - Throws: `ValidationError` when no path is given; `LivechatStoreError` when there is no database of this schema at
    ///   the path, or it cannot be opened; what `work` throws.
    func withDatabase<Result>(
        onlyReads: Bool = false,
        options: JoinDatabase.Options = JoinDatabase.Options(),
        logger: Logger? = nil,
        _ work: (JoinDatabase) async throws -> Result
    ) async throws -> Result {
        var options = options
        // A typing error in the path must not leave an empty database behind; `migrate` makes one.
        options.schema = .requireCurrent
        let path = try path
        if onlyReads { options.access = .allowed(at: path) }
        let warnings = ServerLog(.text)
        defer { warnings.close() }
        let database = try JoinDatabase(path: path, options: options, logger: logger ?? warnings.logger(.warning))
        do {
            let result = try await work(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }
}
#endif
