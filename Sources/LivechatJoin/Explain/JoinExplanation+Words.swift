// What `explain` and the console say with the same words.
extension JoinExplanation.Remedy {
    /// The commands as they are pasted into a shell.
    package var shellCommands: [String] { commands.map { ShellText.command(["livechat-join"] + $0) } }

    /// Whom else they let in, such as "lets in 2 others too"; nil where that is nobody.
    package var others: String? {
        if alsoAffects == 0 { return nil }
        let others =
            alsoAffects >= 1_000 ? "1,000 or more others" : alsoAffects == 1 ? "1 other" : "\(alsoAffects) others"
        return "lets in \(others) too"
    }
}

extension JoinExplanation {
    /// What is said where a refusal has no cure.
    package static let noCure =
        "No cure is known: `explain` adds no user and no room, and changes no rule of a host's."
}

/// Words as a POSIX shell reads them.
package enum ShellText {
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@%+=".unicodeScalars
    )

    /// A command of these words.
    package static func command(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// An argument, with nothing in it that a terminal would obey.
    package static func quoted(_ argument: String) -> String {
        if !argument.isEmpty, argument.unicodeScalars.allSatisfy(plain.contains) { return argument }
        if argument.unicodeScalars.allSatisfy({ LogText.isShown($0) }) {
            return "'" + argument.replacing("'", with: #"'\''"#) + "'"
        }
        // bash, zsh and ksh read these escapes.
        let bytes = argument.utf8.map { byte in
            let hexadecimal = String(byte, radix: 16)
            return #"\x"# + (hexadecimal.count == 1 ? "0" : "") + hexadecimal
        }
        return "$'" + bytes.joined() + "'"
    }
}
