#if CommandLine
public import ArgumentParser
public import LivechatJoin
public import Logging

struct ProfileOption: ParsableArguments {
    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp("Which server's order and bytes to answer with.", valueName: "name"),
        completion: .list(JoinProfile.all.map(\.name))
    )
    var value = JoinProfile.documented
}

extension JoinProfile: ExpressibleByArgument {
    /// Reads a profile by its name.
    public init?(argument: String) {
        guard let profile = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = profile
    }

    /// The profile's name.
    public var defaultValueDescription: String { name }

    /// The names of all profiles.
    public static var allValueStrings: [String] { all.map(\.name) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
#endif
