#if CommandLine
import ArgumentParser
import LivechatJoin
import LivechatSQLite
import LivechatServer

/// What the server takes from its clients.
struct ServerLimits: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How many requests a client has: N/SECONDS, N for 60 seconds, or 0 for no limit \
            (default: \(JoinRateLimit.defaultRequests)).
            """,
            valueName: "limit"
        ),
        transform: RateLimit.init
    )
    var rateLimit = RateLimit(.defaultRequests)

    @Option(
        help: ArgumentHelp(
            "How many failed logins a client has, in the same form (default: \(JoinRateLimit.defaultLogins)).",
            valueName: "limit"
        ),
        transform: RateLimit.init
    )
    var loginLimit = RateLimit(.defaultLogins)

    @Option(
        help: ArgumentHelp(
            "How many proxies of yours a request comes through; they name its client in X-Forwarded-For.",
            valueName: "count"
        )
    )
    var trustedProxies = 0

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Origins whose pages may ask, such as https://chat.example.org, or * for all.",
            valueName: "origin"
        )
    )
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "How long a connection may be idle; longer than a load balancer keeps its own.",
            valueName: "seconds"
        )
    )
    var idleTimeout = 75

    @Option(help: ArgumentHelp("How long a stop waits for connections to end.", valueName: "seconds"))
    var drainTimeout = 10

    @Option(help: ArgumentHelp("The most connections at a time; more wait (default: no limit).", valueName: "count"))
    var maxConnections: Int?

    /// A day: longer is a slip.
    private static let longest = 86_400
    /// More is a slip: the port, say.
    private static let mostProxies = 100

    func validate() throws {
        for (name, seconds, least) in [("idle", idleTimeout, 1), ("drain", drainTimeout, 0)]
        where !(least...Self.longest).contains(seconds) {
            throw ValidationError("--\(name)-timeout is \(seconds); it can be \(least) to \(Self.longest) seconds.")
        }
        if let maxConnections, maxConnections < 1 {
            throw ValidationError("--max-connections is \(maxConnections); it must be at least 1.")
        }
        if !(0...Self.mostProxies).contains(trustedProxies) {
            throw ValidationError("--trusted-proxies is \(trustedProxies); it can be 0 to \(Self.mostProxies).")
        }
        for origin in allowOrigin where !Self.isOrigin(origin) {
            throw ValidationError(
                "--allow-origin is \"\(origin)\"; it is SCHEME://HOST or SCHEME://HOST:PORT without a path, or *."
            )
        }
    }

    /// Whether a browser would send it as `Origin`: in small letters, without a path.
    private static func isOrigin(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "+"), UInt8(ascii: "_"):
                true
            default: byte == UInt8(ascii: "/")
            }
        } && !parts[1].contains("/")
    }

    var options: JoinServerOptions {
        var options = JoinServerOptions()
        options.allowedOrigins = allowOrigin
        options.idleTimeout = .seconds(idleTimeout)
        options.drainTimeout = .seconds(drainTimeout)
        options.maximumConnections = maxConnections ?? .max
        options.trustedProxies = trustedProxies
        options.giveMemoryBack = { giveMemoryBack() }
        return options
    }

    /// nil where nothing is limited.
    var limiter: JoinLimiter? {
        if rateLimit.value == nil, loginLimit.value == nil { return nil }
        return JoinLimiter(requests: rateLimit.value, logins: loginLimit.value)
    }
}

/// A rate limit as the command line takes it, which may be none.
struct RateLimit: CustomStringConvertible, Sendable {
    let value: JoinRateLimit?

    init(_ value: JoinRateLimit) { self.value = value }

    init(_ text: String) throws {
        value = JoinRateLimit(text)
        if value == nil, text != "0" {
            throw ValidationError(
                """
                It is N/SECONDS, such as \(JoinRateLimit.defaultRequests), or N for 60 seconds, or 0 for no limit. \
                SECONDS can be 1 to \(JoinRateLimit.maximumSeconds).
                """
            )
        }
    }

    var description: String { value?.description ?? "0" }
}
#endif
