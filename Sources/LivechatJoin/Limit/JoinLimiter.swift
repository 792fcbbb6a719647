internal import LivechatValues

/// Limits how often a client may ask (contract C10).
///
/// One limiter is shared by everything that answers the same clients.
///
/// ```swift
/// let service = JoinService(store: database, limiter: JoinLimiter())
/// let response = await service.respond(headerFields: fields, query: "roomId=r1", from: JoinClient(address: [192, 0, 2, 7]))
/// ```
public struct JoinLimiter: Sendable {
    let requests: RateBudget<JoinClient>?
    let logins: RateBudget<JoinClient>?

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - requests: How many requests of one client are decided; nil does not limit them. Holders of
    ///     `api-bypass-rate-limit` are not limited.
    ///   - logins: How many failed logins of one client are answered as such; further ones are 429. A request with good
    ///     credentials is never refused by it. nil does not limit them.
    ///   - clients: The most clients that are counted at a time, some 100 bytes each. Where there are more, the client
    ///     that came first makes way and begins a new window with its next request.
    public init(
        requests: JoinRateLimit? = .defaultRequests,
        logins: JoinRateLimit? = .defaultLogins,
        clients: Int = 65_536
    ) {
        self.requests = requests.map { RateBudget($0, capacity: clients) }
        self.logins = logins.map { RateBudget($0, capacity: clients) }
    }

    /// The ticket of one request.
    func ticket(for client: JoinClient) -> LimitTicket { LimitTicket(self, client) }
}
