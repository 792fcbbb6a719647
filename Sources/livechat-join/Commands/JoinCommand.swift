#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatPersistence
import Logging

struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Join a room as a client would, and print status and body.",
        discussion: """
            Exit status 0 is for 200; otherwise the step that decided and its reason stand on standard error.

            A token on the command line can be read by every user of this machine while the command runs, and by \
            anybody who reads the shell's history. Prefer --token -, which reads it from standard input:

              livechat-join join --user u1 --token - --room r1 < token.txt
            """
    )

    // Ids and tokens may begin with a dash.
    @Option(parsing: .unconditional, help: ArgumentHelp("The user's id.", valueName: "id"))
    var user: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The user's raw login token; - reads it from standard input.", valueName: "token")
    )
    var token: String

    @Option(parsing: .unconditional, help: ArgumentHelp("The room's id.", valueName: "id"))
    var room: String

    @Flag(help: "Decide the same and write nothing.")
    var dryRun = false

    @OptionGroup var profile: ProfileOption
    @OptionGroup var database: DatabaseOption

    func run() async throws {
        try await database.withDatabase(onlyReads: dryRun) { database in
            // What is refused is printed.
            let store: any JoinStore = dryRun ? DryRunStore(database) : database
            // With somebody to listen a refusal names who serves the room and where its inquiry waits.
            let service = JoinService(store: store, profile: profile.value, logger: .silent, onOutcome: { _, _ in })
            let request = JoinRequest(userID: user, token: try Self.rawToken(token), roomID: room)
            let outcome: JoinOutcome
            do {
                outcome = try await service.join(request)
            } catch {
                try StandardOutput.line(JoinResponse.unavailable.description)
                throw Failure(error)
            }
            try StandardOutput.line(service.profile.response(to: outcome).description)
            if case .refused(let refusal) = outcome { throw Failure("\(refusal.step) refused: \(refusal)") }
        }
    }

    /// More than any server takes in a header.
    private static let longestToken = 1 << 17

    /// A token as it was given: itself, or standard input for `-`.
    static func rawToken(_ token: String) throws -> String {
        guard token == "-" else { return token }
        var bytes = try Input.standardInput(atMost: longestToken)[...]
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        // What is not UTF-8 becomes a token that matches nothing (contract C1).
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
