#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

/// Shows one entity with what belongs to it.
struct ShowCommand<Entry: StoredEntry>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Show a \(Entry.noun) with what belongs to it.")
    }

    @Argument(help: "Its id.", transform: LivechatID<Entry.Entity>.argument)
    var id: LivechatID<Entry.Entity>

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            try await Entry.show(id, in: database, json: json)
        }
    }
}

extension StoredEntry {
    /// Prints the entity.
    ///
    /// - Throws: `LivechatStoreError` with the code `notFound` when there is none.
    static func show(_ id: ID, in store: some JoinLookups, json: Bool) async throws {
        guard let entry = try await page(.only(id), in: store).first else { throw LivechatStoreError.none(noun, id) }
        try Details.print(entry.details, json: json ? entry.json : nil)
    }
}

struct UserShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a user with their roles, departments and number of tokens.",
        discussion: """
            With --permissions it lists what the user holds instead, and through which roles: what the roles that \
            count everywhere are granted, as far as no restriction stands against it.
            """
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Flag(help: "List the permissions that the user holds.")
    var permissions = false

    @OptionGroup var list: ListOptions<LivechatPermission>
    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if !permissions, list.after != nil || list.limit != nil {
            throw ValidationError("--after and --limit are for --permissions.")
        }
    }

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            guard permissions else {
                return try await LivechatStoredUser.show(user, in: database, json: list.json)
            }
            guard try await database.user(user) != nil else { throw LivechatStoreError.none("user", user) }
            let effective = try await JoinService(store: database, logger: .silent).permissions(of: user)
            let held = effective.held.map { HeldPermission(id: $0, roles: effective.roles(holding: $0)) }
            try await list.print { page in held.filter { page.includes($0.id) }.prefix(page.limit).map { $0 } }
        }
    }
}

/// A permission that a user holds.
private struct HeldPermission: ListEntry {
    let id: LivechatPermissionID
    let roles: [LivechatRoleID]

    static let header = ["PERMISSION", "ROLES"]
    var columns: [String] { [Cell.id(id), Cell.ids(roles)] }
    var json: String { JSONObject.text(["permissionId": JSONObject.id(id), "roles": JSONObject.ids(roles)]) }
}

struct SettingShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the settings.")

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: true) { database in
            let settings = try await database.settings()
            let days = settings.loginExpirationDays
            let text = number(LoginExpiration.days(setting: days)) + " days"
            try Details.print(
                [
                    "preview-room": settings.previewRoom ? "on" : "off",
                    "login-expiration": days == nil ? text + ", since none is set" : text,
                ],
                json: json
                    ? JSONObject.text([
                        "previewRoom": "\(settings.previewRoom)",
                        "loginExpirationDays": days.map(number) ?? "null",
                    ]) : nil
            )
        }
    }

    /// Without a fraction where there is none.
    private func number(_ days: Double) -> String { Int(exactly: days).map { "\($0)" } ?? "\(days)" }
}

/// Names and values in two columns.
private enum Details {
    static func print(_ details: KeyValuePairs<String, String>, json: String?) throws {
        if let json { return try StandardOutput.line(json) }
        let width = details.map(\.key.count).max() ?? 0
        for (name, value) in details {
            try StandardOutput.line(name + String(repeating: " ", count: width - name.count) + "  " + value)
        }
    }
}
#endif
