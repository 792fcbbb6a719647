#if CommandLine
import ArgumentParser

/// The words in front that say which command is meant, such as `room close`.
enum CommandWords {
    /// Names a command that does not exist, since the argument parser blames the options behind it.
    ///
    /// - Parameter arguments: The arguments behind the program's name.
    /// - Throws: `ValidationError` with the commands that there are.
    static func check(_ arguments: [String]) throws {
        var configuration = LivechatJoinCommand.configuration
        var words = ["livechat-join"]
        for word in arguments {
            let commands = configuration.subcommands
            if commands.isEmpty || word.hasPrefix("-") || (words.count == 1 && word == "help") { return }
            guard let command = commands.first(where: { $0.configuration.commandName == word }) else {
                let names = commands.compactMap { $0.configuration.commandName }.joined(separator: ", ")
                let parent = words.joined(separator: " ")
                let elsewhere = words.count == 2 ? Self.commands(named: word).map { "'\($0)'" } : []
                let hint =
                    (1...2).contains(elsewhere.count) ? " Did you mean \(elsewhere.joined(separator: " or "))?" : ""
                throw ValidationError("There is no command '\(word)' of '\(parent)'; there are: \(names).\(hint)")
            }
            configuration = command.configuration
            words.append(word)
        }
    }

    /// The commands of every noun that have this name, such as `permission grant`.
    private static func commands(named word: String) -> [String] {
        LivechatJoinCommand.configuration.subcommands.compactMap { noun in
            guard noun.configuration.subcommands.contains(where: { $0.configuration.commandName == word }) else {
                return nil
            }
            return noun.configuration.commandName.map { "livechat-join \($0) \(word)" }
        }
    }
}
#endif
