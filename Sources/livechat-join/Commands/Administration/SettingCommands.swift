#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence

struct SettingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setting",
        abstract: "Show and change the settings.",
        subcommands: [SettingShowCommand.self, SettingPreviewRoomCommand.self, SettingLoginExpirationCommand.self]
    )
}

struct SettingPreviewRoomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview-room",
        abstract: "Set whether agents may look into queued rooms."
    )

    enum Switch: String, CaseIterable, ExpressibleByArgument {
        case on
        case off
    }

    @Argument(help: "Whether agents may look into queued rooms.")
    var value: Switch

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { try await $0.setPreviewRoom(value == .on) }
    }
}

struct SettingLoginExpirationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login-expiration",
        abstract: "Set how long a login lives that has no expiry of its own."
    )

    @Argument(help: "Days of 24 hours; a fraction counts. Until it is set: 90.")
    var days: Double

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        guard days > 0, days.isFinite else { throw ValidationError("It is a number of days greater than 0.") }
    }

    func run() async throws {
        try await database.withDatabase { try await $0.setLoginExpiration(days: days) }
    }
}
#endif
