#if CommandLine
public import ArgumentParser
public import LivechatJoin
import LivechatPersistence

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "List login tokens, issue and revoke them.",
        subcommands: [TokenListCommand.self, TokenIssueCommand.self, TokenRevokeCommand.self]
    )
}

extension LivechatTokenRecord.Kind: ExpressibleByArgument {
    /// Reads a kind as the command line takes it: `login` or `personal-access`.
    public init?(argument: String) {
        guard let kind = Self.allCases.first(where: { $0.defaultValueDescription == argument }) else { return nil }
        self = kind
    }

    /// The kind as the command line takes it.
    public var defaultValueDescription: String {
        switch self {
        case .login: "login"
        case .personalAccess: "personal-access"
        }
    }

    /// Every kind as the command line takes it.
    public static var allValueStrings: [String] { allCases.map(\.defaultValueDescription) }

    /// What the help says about each kind.
    public static var allValueDescriptions: [String: String] {
        [
            login.defaultValueDescription: "Expires as the setting login-expiration says.",
            personalAccess.defaultValueDescription: "Does not expire.",
        ]
    }
}

struct TokenIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Make a token for a user, and print it.",
        discussion: "The raw token stands alone on standard output, this once: the database keeps only its digest."
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    @Option(help: "What the token is for.")
    var kind = LivechatTokenRecord.Kind.login

    @Option(
        help: ArgumentHelp(
            "When it expires instead, counted from now: such as 30d, 12h, 45m or 90s.",
            valueName: "duration"
        ),
        transform: TokenLifetime.init(argument:)
    )
    var expiresIn: TokenLifetime?

    @OptionGroup var database: ChangedDatabase

    func run() async throws {
        try await database.withDatabase { database in
            let expiresAt = expiresIn.map { LivechatClock.system.now.adding(days: $0.days) }
            let issued = try await database.issueToken(for: user, kind: kind, expiresAt: expiresAt)
            try StandardOutput.line(issued.reveal())
        }
    }
}

struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke one token of a user, or all."
    )

    @Argument(help: "The user's id.", transform: LivechatUserID.argument)
    var user: LivechatUserID

    // Read when the command is validated: the argument parser would show a raw token that was given by mistake.
    @Option(help: ArgumentHelp("The token's digest, as `token list` shows it.", valueName: "digest"))
    var digest: String?

    @Flag(help: "Every token: the user is logged in nowhere any more.")
    var all = false

    @OptionGroup var database: ChangedDatabase

    func validate() throws {
        guard (digest == nil) == all else {
            throw ValidationError("Say what to revoke: --digest, which `token list` shows, or --all.")
        }
        if let digest, LivechatTokenDigest(base64: digest) == nil {
            throw ValidationError("--digest is not a digest: it has 44 characters of base64, as `token list` shows it.")
        }
    }

    func run() async throws {
        try await database.withDatabase { database in
            guard let digest = digest.flatMap(LivechatTokenDigest.init(base64:)) else {
                return try await database.revokeTokens(of: user)
            }
            guard try await database.revokeToken(digest, of: user) else {
                let user = JSONString.quoted(user.string)
                throw Failure("user \(user) has no token with this digest: look at `token list`")
            }
        }
    }
}
#endif
