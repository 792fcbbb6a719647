#if CommandLine
import ArgumentParser
import Foundation
import LivechatJoin
import LivechatPersistence

/// The options of a command that changes the database: which one, and who does it.
struct ChangedDatabase: ParsableArguments {
    @Option(
        name: [.customLong("by"), .customLong("actor")],
        parsing: .unconditional,
        help: ArgumentHelp(
            "Who makes the change, for the event log (default: the system's user name).",
            valueName: "name"
        ),
        transform: JoinActor.argument
    )
    var actor: JoinActor?

    @OptionGroup var database: DatabaseOption

    /// Opens the database for as long as the work takes, which is done in the actor's name.
    func withDatabase<Result>(
        options: JoinDatabase.Options = JoinDatabase.Options(),
        _ work: (any OperatedStore) async throws -> Result
    ) async throws -> Result {
        try await database.withDatabase(by: actor, options: options, work)
    }
}

/// The same for a command that has a `--by` of its own.
struct ServedDatabase: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Who makes the change, for the event log, where --by is the agent (default: the system's user name).",
            valueName: "name"
        ),
        transform: JoinActor.argument
    )
    var actor: JoinActor?

    @OptionGroup var database: DatabaseOption

    /// Opens the database for as long as the work takes, which is done in the actor's name.
    ///
    /// - Parameters:
    ///   - agent: The user whom `--by` names here; everywhere else it names who acts.
    ///   - work: The work.
    /// - Returns: What `work` returns.
    /// - Throws: What `work` throws; where there is no such agent, with what the options mean.
    func withDatabase<Result>(
        agent: LivechatUserID?,
        _ work: (any OperatedStore) async throws -> Result
    ) async throws -> Result {
        do {
            return try await database.withDatabase(by: actor, work)
        } catch let error as LivechatStoreError where error.code == .notFound {
            guard let agent, error.description == LivechatStoreError.none("user", agent).description else {
                throw error
            }
            throw Failure("\(error): --by names the agent here, and --actor says who acts")
        }
    }
}

extension DatabaseOption {
    fileprivate func withDatabase<Result>(
        by actor: JoinActor?,
        options: JoinDatabase.Options = JoinDatabase.Options(),
        _ work: (any OperatedStore) async throws -> Result
    ) async throws -> Result {
        let actor = try actor ?? JoinActor.ofSystem()
        return try await withDatabase(options: options) { database in
            try await actor.perform { try await work(database) }
        }
    }
}

extension JoinActor {
    /// Takes a name from the command line.
    ///
    /// - Throws: `ValidationError` with what is wrong with it.
    static func argument(_ text: String) throws -> JoinActor {
        do {
            return try JoinActor(text)
        } catch {
            throw ValidationError("It \(error).")
        }
    }

    /// The user who runs the program, by name or, without one, by number: not the environment's USER, which anybody
    /// can set.
    fileprivate static func ofSystem() throws -> JoinActor {
        let id = getuid()
        guard let entry = unsafe getpwuid(id), let name = unsafe entry.pointee.pw_name,
            let actor = try? JoinActor(unsafe String(cString: name))
        else {
            return try JoinActor("\(id)")
        }
        return actor
    }
}
#endif
