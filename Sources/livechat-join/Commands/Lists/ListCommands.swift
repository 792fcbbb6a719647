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
        discussion: "A token itself is not stored. It shows when each expires, or has, as the settings say now."
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Flag(help: "Print a line of JSON for each.")
    var json = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let tokens = try await database.tokens(of: user)
            if tokens.isEmpty, try await database.user(user) == nil { throw LivechatStoreError.none("user", user) }
            let days = try await database.settings().loginExpirationDays
            let entries = tokens.map { token in
                let expiry = token.record.expiry(loginExpirationDays: days)?.rfc3339
                return (digest: token.digest.base64, token: token.record, expiry: expiry)
            }
            guard json else {
                var table = TextTable(["DIGEST", "KIND", "CREATED", "EXPIRES"])
                let rows = entries.map { digest, token, expiry in
                    [digest, token.kind.defaultValueDescription, token.createdAt.rfc3339, expiry ?? "never"]
                }
                return try StandardOutput.write(Array(table.text(rows).utf8))
            }
            for (digest, token, expiry) in entries {
                let line = JSONObject.text([
                    "hashedToken": JSONObject.string(digest), "kind": JSONObject.string(token.kind.rawValue),
                    "createdAt": JSONObject.string(token.createdAt.rfc3339), "expiresAt": JSONObject.string(expiry),
                ])
                try StandardOutput.line(line)
            }
        }
    }
}
#endif
