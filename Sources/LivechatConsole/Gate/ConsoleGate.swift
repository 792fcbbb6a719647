#if Console
internal import Hummingbird
internal import LivechatHTTP
internal import LivechatJoin
internal import Logging

/// Lets the one browser in that has the key: `Host`, key or cookie, method, budget, in this order.
struct ConsoleGate: Sendable {
    private let key: ConsoleKey
    private let address: ConsoleAddress
    private let requests: RateBudget<JoinClient>
    private let strangers: RateBudget<JoinClient>
    private let clock: LivechatClock
    private let logger: Logger

    init(key: ConsoleKey, address: ConsoleAddress, options: JoinConsoleOptions, logger: Logger) {
        self.key = key
        self.address = address
        requests = RateBudget(options.requestLimit, capacity: 64)
        strangers = RateBudget(options.strangerLimit, capacity: 64)
        clock = options.clock
        self.logger = logger
    }

    /// What a request is answered without a page.
    ///
    /// - Returns: nil when it may be answered with one.
    func refusal(_ request: Request, _ query: ConsoleQuery, _ client: JoinClient?) -> Response? {
        guard address.admits(request.head.authority), !Self.hasSecondHost(request) else {
            return .plain(.misdirectedRequest, "This is not the address that the console was started with.")
        }
        guard isLetIn(request) else { return answerStranger(request, query, client) }
        guard request.method == .get || request.method == .head else {
            return .plain(.methodNotAllowed, "The console only shows: GET and HEAD.", [.allow: "GET, HEAD"])
        }
        // The link with the key is opened again, or from the history.
        if request.uri.path == "/", query["key"] != nil { return .redirect() }
        return overspent(requests, client)
    }

    private func answerStranger(_ request: Request, _ query: ConsoleQuery, _ client: JoinClient?) -> Response {
        if let refusal = overspent(strangers, client) { return refusal }
        // Not for HEAD: programs that preview a link would use the key up.
        if request.method == .get, request.uri.path == "/", let sent = query["key"], let cookie = key.exchange(sent) {
            logger.info("console opened", metadata: Logger.Metadata(request: nil, client: client))
            return .redirect([.setCookie: "\(cookieName)=\(cookie); Path=/; HttpOnly; SameSite=Strict"])
        }
        logger.info("console refused: no key", metadata: Logger.Metadata(request: nil, client: client))
        return .noKey(request.method == .get && query["key"] == nil ? request.uri.string : nil)
    }

    /// The first one is the request's authority.
    private static func hasSecondHost(_ request: Request) -> Bool {
        request.headers.contains { $0.name.canonicalName == "host" }
    }

    /// Cookies know no ports: two consoles on one machine must not take each other's.
    private var cookieName: String { "livechat-join-console-\(address.port ?? 0)" }

    private func isLetIn(_ request: Request) -> Bool {
        Cookies(from: request.headers[values: .cookie])[cookieName].map { key.admits($0.value) } ?? false
    }

    private func overspent(_ budget: RateBudget<JoinClient>, _ client: JoinClient?) -> Response? {
        guard let client = client ?? Self.unknown else { return nil }
        let now = clock.now
        let charge = budget.charge(client, at: now)
        if charge.isWithin { return nil }
        let seconds = charge.standing.secondsLeft(at: now)
        return .plain(.tooManyRequests, "Too many requests: wait \(seconds) seconds.", [.retryAfter: "\(seconds)"])
    }

    /// A client whose address cannot be told.
    private static let unknown = JoinClient(address: [0, 0, 0, 0] as [UInt8])
}
#endif
