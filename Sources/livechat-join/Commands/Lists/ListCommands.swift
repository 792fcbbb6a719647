#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

/// Lists what there is of one kind.
struct ListCommand<Entry: StoredEntry>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "List \(Entry.noun)s by their ids.")
    }

    @OptionGroup var list: ListOptions<Entry.Entity>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            try await list.print { page in try await Entry.page(page, in: database) }
        }
    }
}

struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens of a user by their digests.",
        discussion: """
            A token itself is not stored. It shows when each expires, or has, as the settings say now. The id that --after \
            takes is a digest.
            """
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @OptionGroup var list: ListOptions<LivechatTokenRecord>
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let tokens = try await database.tokens(of: user)
            if tokens.isEmpty, try await database.user(user) == nil { throw LivechatStoreError.none("user", user) }
            let days = try await database.settings().loginExpirationDays
            let entries = try tokens.map { try TokenEntry($0, loginExpirationDays: days) }
            try await list.print { page in Array(entries.filter { page.includes($0.id) }.prefix(page.limit)) }
        }
    }
}

private struct TokenEntry: ListEntry {
    /// The digest.
    let id: LivechatID<LivechatTokenRecord>
    let record: LivechatTokenRecord
    let expiry: String?

    init(_ token: LivechatStoredToken, loginExpirationDays: Double?) throws {
        id = try LivechatID(token.digest.base64)
        record = token.record
        expiry = record.expiry(loginExpirationDays: loginExpirationDays)?.rfc3339
    }

    static let header = ["DIGEST", "KIND", "CREATED", "EXPIRES"]
    var columns: [String] {
        [id.string, record.kind.defaultValueDescription, record.createdAt.rfc3339, expiry ?? "never"]
    }
    var json: String {
        JSONObject.text([
            "hashedToken": JSONObject.id(id), "kind": JSONObject.string(record.kind.rawValue),
            "createdAt": JSONObject.string(record.createdAt.rfc3339), "expiresAt": JSONObject.string(expiry),
        ])
    }
}
#endif
