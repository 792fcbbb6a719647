#if Console
public import LivechatJoin

/// Where a console listens, and what it takes from those who look at it.
///
/// ```swift
/// var options = JoinConsoleOptions()
/// (options.port, options.usersAreVerified) = (9000, true)
/// ```
public struct JoinConsoleOptions: Sendable {
    /// The address or name to listen on; browsers must use the same one.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 takes a free one.
    public var port = 0
    /// Whether ``host`` may be one that other machines reach.
    public var isPublic = false
    /// What `LIVECHAT_JOIN_DATABASE` has to be for the commands that the pages show; nil shows none.
    public var database: String?
    /// Whether the host logs its users in itself, so that no question asks about tokens.
    public var usersAreVerified = false
    /// How many requests each client with the key has.
    public var requestLimit = JoinRateLimit(requests: 600)
    /// How many requests each client without it has.
    public var strangerLimit = JoinRateLimit(requests: 60)
    /// How often a live log looks for new events; a look costs about as much as a decision.
    package var interval = Duration.milliseconds(500)
    /// How long a live log may say nothing before it sends a comment.
    package var silence = Duration.seconds(15)
    /// Where the time on the pages comes from.
    package var clock = LivechatClock.system

    /// Makes the options with their defaults.
    public init() {}

    /// Whether other machines cannot reach ``host``.
    public var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }
}

/// One thing about the server that the health page shows.
///
/// ```swift
/// let fact = JoinConsoleFact("write-ahead log", bytes: database.logBytes)
/// ```
public struct JoinConsoleFact: Hashable, Sendable {
    /// What it is, such as "write-ahead log".
    public let name: String
    /// What there is to say of it.
    public let value: String
    /// Whether somebody has to do something about it.
    public let isFault: Bool

    /// Describes something; never with a token.
    public init(_ name: String, _ value: String, isFault: Bool = false) {
        self.name = name
        self.value = value
        self.isFault = isFault
    }

    /// Says how large something is.
    public init(_ name: String, bytes: Int) { self.init(name, "\(Shown.count(bytes)) bytes") }

    /// Says when something was, in the form of the pages.
    public init(_ name: String, at time: LivechatTimestamp) { self.init(name, Shown.time(time)) }
}

/// Why a console does not run: what happened and what to do, on one line.
public struct JoinConsoleError: Error, CustomStringConvertible {
    /// What happened and what to do.
    public let description: String
}
#endif
