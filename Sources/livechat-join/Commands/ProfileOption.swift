#if CommandLine
public import ArgumentParser
public import LivechatJoin
public import Logging

struct ProfileOption: ParsableArguments {
    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp("Whose order and bytes to keep.", valueName: "name"),
        completion: .list(JoinProfile.all.map(\.name))
    )
    var value = JoinProfile.documented
}

extension JoinProfile: ExpressibleByArgument {
    public init?(argument: String) {
        guard let profile = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = profile
    }

    public var defaultValueDescription: String { name }

    public static var allValueStrings: [String] { all.map(\.name) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
#endif
