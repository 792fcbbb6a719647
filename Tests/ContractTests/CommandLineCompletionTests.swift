#if CommandLine
import Foundation
import ServerTesting
import Testing

@Suite("Shell completion", .serialized)
struct CommandLineCompletionTests {
    @Test("There is a script for each shell, made without a database", arguments: ["bash", "zsh", "fish"])
    func scripts(_ shell: String) async throws {
        try await CommandLineProgram.inFolder { program in
            let result = try await program.run("--generate-completion-script", shell)
            #expect(result.status == 0)
            #expect(result.errors == "")
            for word in ["permission", "who", "where", "dequeue", "login-expiration"] {
                #expect(result.output.contains(word), "\(word)")
            }
        }
    }

    /// The words so far, and what can stand in place of the last.
    static let rows: [([String], [String])] = [
        (["ro"], ["role", "room"]), (["wh"], ["who", "where"]), (["permission", "wh"], ["who"]),
        (["setting", "preview-room", ""], ["on", "off"]), (["serve", "--log-format", ""], ["text", "json"]),
        (["join", "--profile", ""], ["documented", "rocket-chat-7", "rocket-chat-8"]),
        (["user", "list", "--a"], ["--after"]), (["room", "show", "r1", "--j"], ["--json"]),
        (["check", "--database", "./chat"], ["./chat.db"]), (["load", "./c"], ["./change.json"]),
    ]

    @Test("bash takes the script, and completes without asking a database")
    func bash() async throws {
        try await CommandLineProgram.inFolder { program in
            let script = try await program.run("--generate-completion-script", "bash").output
            try program.write(script, to: "completions.bash")
            try program.write("not a database", to: "chat.db")
            try program.write("{}", to: "change.json")
            for (words, expected) in Self.rows {
                let result = try await ChildProcess.run(
                    URL(fileURLWithPath: "/bin/bash"),
                    ["-euc", Self.completing, program.folder.path] + words
                )
                #expect(result.errors == "", "\(words)")
                #expect(Set(result.output.split(separator: "\n").map(String.init)) == Set(expected), "\(words)")
            }
        }
    }

    /// What bash does when the tabulator key is pressed at the end of a line.
    private static let completing = """
        cd "$0"
        set +u
        . ./completions.bash
        COMP_WORDS=(livechat-join "$@"); COMP_CWORD=$#; COMP_LINE="livechat-join $*"; COMP_POINT=${#COMP_LINE}
        _livechat-join livechat-join "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
        printf '%s\\n' "${COMPREPLY[@]}"
        """
}
#endif
