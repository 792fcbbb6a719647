#if CommandLine
import ArgumentParser
import Foundation
import LivechatPersistence
import LivechatPostgreSQL
import Logging

/// The option that every command on a database takes.
struct DatabaseOption: ParsableArguments {
    private static let variable = "LIVECHAT_JOIN_DATABASE"

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "The database: a file, or postgres://USER@HOST:PORT/DB (environment: LIVECHAT_JOIN_DATABASE).",
            valueName: "path"
        ),
        completion: .file()
    )
    private var flag: String?

    /// Where the database is.
    enum Place {
        /// A SQLite file, by its path.
        case file(String)
        /// A PostgreSQL database, by its connection string.
        case server(String)
    }

    /// Where the database is, by the form of what was given.
    ///
    /// - Throws: `ValidationError` when nothing is given, and `Failure` for a connection string in a program that was
    ///   built without PostgreSQL.
    var place: Place {
        get throws {
            let path = try path
            guard path.hasPrefix("postgres://") || path.hasPrefix("postgresql://") else { return .file(path) }
            #if PostgreSQL
            return .server(path)
            #else
            throw Failure(
                "this program was built without the trait PostgreSQL: build it with --traits CommandLine,PostgreSQL"
            )
            #endif
        }
    }

    /// The file, for what only SQLite does.
    ///
    /// - Parameter instead: What to do where the database is a server's.
    /// - Returns: The path.
    /// - Throws: `Failure` where it is a server's, and what ``place`` throws.
    func file(or instead: String) throws -> String {
        switch try place {
        case .file(let path): return path
        case .server: throw Failure("that is for SQLite files: \(instead)")
        }
    }

    /// The file or the connection string: the option, or the environment where there is none.
    ///
    /// A missing path is an error only when it is read: checked earlier, it would hide a misspelled option.
    private var path: String {
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
        _ work: (any OperatedStore) async throws -> Result
    ) async throws -> Result {
        let place = try place
        let warnings = ServerLog(.text)
        defer { warnings.close() }
        let logger = logger ?? warnings.logger(.warning)
        let database: any OperatedStore
        // A typing error must not leave an empty database behind; `migrate` makes one.
        switch place {
        case .file(let path):
            var options = options
            options.schema = .requireCurrent
            if onlyReads { options.access = .allowed(at: path) }
            database = try JoinDatabase(path: path, options: options, logger: logger)
        case .server(let address):
            #if PostgreSQL
            var options = PostgreSQLJoinDatabase.Options()
            options.schema = .requireCurrent
            database = try await PostgreSQLJoinDatabase(address, options: options, logger: logger)
            #else
            throw Failure("\(address) needs the trait PostgreSQL")
            #endif
        }
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
