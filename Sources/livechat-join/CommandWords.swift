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
                throw ValidationError("There is no command '\(word)' of '\(parent)'; there are: \(names).")
            }
            configuration = command.configuration
            words.append(word)
        }
    }
}
#endif
