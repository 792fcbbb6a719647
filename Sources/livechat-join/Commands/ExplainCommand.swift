#if CommandLine
import ArgumentParser
import Foundation
import LivechatJoin
import LivechatPersistence
import Logging

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a join is answered as it is, and what would let the user in.",
        discussion: """
            Every step of the decision with its reason, every rule of access, and the smallest sets of commands after \
            which the same join is answered 200. Nothing is written. The exit status is 0 whatever the answer is.

            Without --token the first step asks whether the user could be logged in at all: the user is active and has \
            a token that has not expired. --verified asks about the rest.

            --at moves the clock, not the state: expiries are compared with that moment, and everything else is as the \
            database has it now.
            """
    )

    @Option(parsing: .unconditional, help: ArgumentHelp("The user's id.", valueName: "id"))
    var user: String

    @Option(parsing: .unconditional, help: ArgumentHelp("The room's id.", valueName: "id"))
    var room: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The user's raw login token; - reads it from standard input.", valueName: "token")
    )
    var token: String?

    @Flag(help: "The host logs its users in itself: do not ask about tokens.")
    var verified = false

    @Option(
        help: ArgumentHelp(
            "Ask about this moment, such as 2026-01-02T03:04:05Z, with what the database has now.",
            valueName: "time"
        )
    )
    var at: String?

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var profile: ProfileOption
    @OptionGroup var database: DatabaseOption

    func validate() throws {
        if verified, token != nil { throw ValidationError("Give --token or --verified, not both.") }
    }

    func run() async throws {
        let (user, room) = (try id(user, "--user") as LivechatUserID, try id(room, "--room") as LivechatRoomID)
        let moment = try at.map { text in
            guard let moment = LivechatTimestamp(rfc3339: text) else {
                throw ValidationError("--at is a time with a zone, such as 2026-01-02T03:04:05Z.")
            }
            return moment
        }
        let token = try token.map { LivechatToken(try JoinCommand.rawToken($0)) }
        try await database.withDatabase(onlyReads: true) { database in
            let service = JoinService(store: database, profile: profile.value, logger: .silent)
            let explanation: JoinExplanation
            do throws(JoinFailure) {
                explanation = try await service.explain(
                    user: user,
                    room: room,
                    token: token,
                    isVerified: verified,
                    at: moment
                )
            } catch {
                throw Failure(error.cause)
            }
            if json {
                try StandardOutput.line(explanation.json)
            } else {
                let isTerminal = isatty(FileHandle.standardOutput.fileDescriptor) == 1
                try StandardOutput.line(ExplanationText(isColoured: isTerminal).text(explanation))
            }
        }
    }

    private func id<Entity>(_ text: String, _ option: String) throws -> LivechatID<Entity> {
        do {
            return try LivechatID(text)
        } catch {
            throw ValidationError("\(option) \(error).")
        }
    }
}
#endif
