public import LivechatPermissions
public import LivechatTokens
internal import LivechatValues
public import Logging

/// Decides who may enter a livechat room, and lets them in.
///
/// ```swift
/// let database = try JoinDatabase(path: "chat.db")
/// let service = JoinService(store: database)
/// let response = await service.respond(headerFields: fields, query: "roomId=r1")
/// ```
public struct JoinService: Sendable {
    /// The order and the bytes in force.
    public let profile: JoinProfile
    let store: any JoinStore
    let rules: [JoinRule]
    let limiter: JoinLimiter?
    let evaluation: Evaluation
    /// nil where nobody measures.
    let observer: ServiceObserver?
    private let logger: Logger
    /// Cached: reading the logger retains it, and that reference count is contended.
    private let logsOutcomes: Bool
    private let logsRefusedLogins: Bool
    /// What every join asks of the store beside what all of them do.
    private let purposes: JoinQuery.Purposes
    private let onOutcome: (@Sendable (JoinRequest, JoinOutcome) -> Void)?
    /// The same without the request, for who only counts: it costs no look-up.
    private var onStep: (@Sendable (JoinOutcome) -> Void)?

    /// Makes a service.
    ///
    /// With the trait `Observability` it reports to the metrics backend and the tracer that the host has bootstrapped
    /// before.
    ///
    /// - Parameters:
    ///   - store: Where the state lives.
    ///   - profile: The order and the bytes to answer with.
    ///   - rules: The embedder's own rules, asked in this order.
    ///   - limiter: How often a client may ask; nil does not limit requests. It counts those that name their client.
    ///   - clock: Where the time comes from.
    ///   - logger: Receives refused logins at `info` and other outcomes at `debug`, if that is its level now, and each
    ///     ``JoinFailure`` once, at `error`, with the client and the id of the request; never a token. A
    ///     ``LivechatStoreError`` that a list throws is the caller's to log.
    ///   - onOutcome: Called with every outcome of a join before it is answered, for metrics and audits. It must be
    ///     quick. Where there is one, and where outcomes are logged, a refusal of access names who serves the room and
    ///     where its inquiry waits.
    public init(
        store: any JoinStore,
        profile: JoinProfile = .documented,
        rules: [JoinRule] = [],
        limiter: JoinLimiter? = nil,
        clock: LivechatClock = .system,
        logger: Logger = Logger(label: "livechat-join"),
        onOutcome: (@Sendable (JoinRequest, JoinOutcome) -> Void)? = nil
    ) {
        self.store = store
        self.profile = profile
        self.rules = rules
        self.limiter = limiter
        self.logger = logger
        logsOutcomes = logger.logLevel <= .debug
        // Names cost look-ups, so somebody must be there to read them.
        evaluation = Evaluation(order: profile.order, clock: clock, names: logsOutcomes || onOutcome != nil)
        logsRefusedLogins = logger.logLevel <= .info
        // Where `open` stands before `access`, nobody asks about a closed room.
        let before = profile.order.steps.prefix { $0 != .access }
        var purposes: JoinQuery.Purposes = before.contains(.open) ? [] : .closedRoom
        if evaluation.names { purposes.insert(.wholeRoom) }
        self.purposes = purposes
        self.onOutcome = onOutcome
        observer = ServiceObserver(profile)
    }

    /// Whether a request that joins nobody is answered without waiting as a rule: the store decides at once, and there
    /// are no rules of the embedder's, which may take their time.
    package var decidesAtOnce: Bool { rules.isEmpty && store.decidesAtOnce }

    /// The same service, which also tells every outcome of a join without its request.
    ///
    /// Unlike `onOutcome` it costs a decision no look-up of names.
    package func counting(_ count: @escaping @Sendable (JoinOutcome) -> Void) -> JoinService {
        var service = self
        service.onStep = count
        return service
    }

    /// Decides a request and joins the room when nothing refuses.
    ///
    /// A join that has been acknowledged is durable; one that was refused has written nothing.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - client: Where it came from; nil where requests are not limited.
    ///   - id: What stands in every line that is logged about it, if anything.
    /// - Returns: What came of it; a refusal is an answer, not an error.
    /// - Throws: ``JoinFailure`` when it could not be decided; nothing is written then.
    public func join(
        _ request: JoinRequest,
        from client: JoinClient? = nil,
        id: String? = nil
    ) async throws(JoinFailure) -> JoinOutcome {
        try await settle(request, from: client, id: id).outcome
    }

    private func settle(
        _ request: JoinRequest,
        from client: JoinClient?,
        id: String?
    ) async throws(JoinFailure) -> (outcome: JoinOutcome, standing: JoinRateLimit.Standing?) {
        let ticket = client.flatMap { client in limiter?.ticket(for: client) }
        let watch: RequestWatch? = observer?.watch()
        var outcome: JoinOutcome
        var standing: JoinRateLimit.Standing?
        do {
            outcome = try self.outcome(of: await verdict(on: request, ticket, watch))
        } catch {
            ticket?.giveBack()
            let failure = failure(of: error, "join failed", request, from: client, id: id)
            watch?.end(failure)
            observer?.metrics?.countUndecided()
            throw failure
        }
        watch?.end()
        if let ticket {
            (outcome, standing) = ticket.settle(outcome, in: profile.order, at: evaluation.clock.now)
        }
        observer?.metrics?.count(outcome)
        log(outcome, of: request, from: client, id: id)
        onOutcome?(request, outcome)
        onStep?(outcome)
        return (outcome, standing)
    }

    /// Says what failed, counts it and logs it: who answers it has nothing to add.
    func failure(
        of error: any Error,
        _ message: Logger.Message,
        _ request: JoinRequest,
        from client: JoinClient? = nil,
        id: String?
    ) -> JoinFailure {
        let failure = JoinFailure(of: error)
        observer?.metrics?.count(failure)
        var metadata = request.logMetadata(from: client, id: id)
        metadata["error"] = "\(failure)"
        logger.error(message, metadata: metadata)
        return failure
    }

    func log(
        _ outcome: JoinOutcome,
        of request: JoinRequest,
        from client: JoinClient?,
        id: String?,
        _ message: Logger.Message = "join decided"
    ) {
        guard logsRefusedLogins else { return }
        if case .refused(let refusal) = outcome, refusal.step == .authenticate {
            var metadata = request.logMetadata(from: client, id: id)
            metadata["reason"] = "\(refusal)"
            logger.info("login refused", metadata: metadata)
        } else if logsOutcomes {
            var metadata = request.logMetadata(from: client, id: id)
            metadata["step"] = "\(outcome.step)"
            metadata["outcome"] = "\(outcome)"
            logger.debug(message, metadata: metadata)
        }
    }

    /// Answers a request as it came from any web framework.
    ///
    /// - Parameters:
    ///   - headerFields: Every header field of the request as often as it was sent; names in any case.
    ///   - query: What follows the question mark in the request target, still encoded; nil where there is none.
    ///   - client: Where the request came from; nil where requests are not limited.
    ///   - id: What stands in every line that is logged about the request, if anything.
    /// - Returns: The status and the body to send with the content type ``JoinResponse/contentType``.
    public func respond(
        headerFields: some Sequence<(name: String, value: String)>,
        query: String?,
        from client: JoinClient? = nil,
        id: String? = nil
    ) async -> JoinResponse {
        await respond(to: JoinRequest(headerFields: headerFields, query: query), from: client, id: id)
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - client: Where it came from; nil where requests are not limited.
    ///   - id: What stands in every line that is logged about it, if anything.
    /// - Returns: The status and the body; a ``JoinFailure`` has been logged and is ``JoinResponse/unavailable``.
    public func respond(
        to request: JoinRequest,
        from client: JoinClient? = nil,
        id: String? = nil
    ) async -> JoinResponse {
        do {
            let (outcome, standing) = try await settle(request, from: client, id: id)
            return profile.response(to: outcome).with(standing)
        } catch {
            return .unavailable
        }
    }

    private func verdict(
        on request: JoinRequest,
        _ ticket: LimitTicket?,
        _ watch: RequestWatch?
    ) async throws -> JoinVerdict {
        let verdict = try await settle(request, ticket, watch, asksRules: !rules.isEmpty)
        guard case .awaitsRules(let question) = verdict else { return verdict }
        for rule in rules {
            if let refusal = try await rule.refusal(question) { return .refused(.rule(refusal)) }
        }
        return try await settle(request, ticket, watch, asksRules: false)
    }

    private func settle(
        _ request: JoinRequest,
        _ ticket: LimitTicket?,
        _ watch: RequestWatch?,
        asksRules: Bool
    ) async throws -> JoinVerdict {
        var query = request.query
        query.purposes = purposes
        if asksRules { query.purposes.insert(.wholeRoom) }
        return try await store.settle(query) { [evaluation, query] facts in
            let verdict = try evaluation.decide(request, query, facts, ticket, asksRules: asksRules)
            watch?.decided(verdict)
            return verdict
        }
    }

    private func outcome(of verdict: JoinVerdict) throws(JoinFailure) -> JoinOutcome {
        switch verdict {
        case .allowed(let admission): return admission.isNew ? .joined(admission.reason) : .alreadyMember
        case .refused(let refusal): return .refused(refusal)
        case .awaitsRules: throw .unsettledRules
        }
    }
}

extension JoinService {
    /// Asks whether a user may look into a room, open or closed, without joining it (contract C6).
    ///
    /// As for a join the user must hold `view-l-room` and the room must be a livechat room; whether it is open decides
    /// only where a rule of access says so.
    ///
    /// - Parameters:
    ///   - request: The user and the room, as in a request to join.
    ///   - id: What stands in the line that is logged when it could not be decided, if anything.
    /// - Returns: Why the user may, or the refusal; the embedder's rules are not asked.
    /// - Throws: ``JoinFailure`` when it could not be decided.
    public func access(_ request: JoinRequest, id: String? = nil) async throws(JoinFailure) -> AccessOutcome {
        let evaluation = Evaluation(order: .access, clock: evaluation.clock)
        do {
            var query = request.query
            query.purposes = .closedRoom
            let verdict = try await store.decide(query) { [query] facts in
                try evaluation.decide(request, query, facts, asksRules: false)
            }
            switch verdict {
            case .allowed(let admission): return .admitted(admission.reason)
            case .refused(let refusal): return .refused(refusal)
            case .awaitsRules: throw JoinFailure.unsettledRules
            }
        } catch {
            throw failure(of: error, "access check failed", request, id: id)
        }
    }

    /// Asks whether a user may look into a room, open or closed, whatever logins the user has (contract C6).
    ///
    /// As for a join the user must hold `view-l-room` and the room must be a livechat room.
    ///
    /// - Parameters:
    ///   - user: The user, who must exist and be active.
    ///   - room: The room.
    ///   - id: What stands in the line that is logged when it could not be decided, if anything.
    /// - Returns: Why the user may, or the refusal; the embedder's rules are not asked.
    /// - Throws: ``JoinFailure`` when it could not be decided.
    public func access(
        of user: LivechatUserID,
        to room: LivechatRoomID,
        id: String? = nil
    ) async throws(JoinFailure) -> AccessOutcome {
        try await access(JoinRequest(.verified(user), roomID: .value(room)), id: id)
    }

    /// Resolves what a user may do (contract C5).
    ///
    /// - Parameters:
    ///   - user: The user; an unknown one holds nothing.
    ///   - room: The room that the check names; nil leaves room-scoped roles out.
    ///   - id: What stands in the line that is logged when the store cannot be read, if anything.
    /// - Returns: The answer to every permission check, as of this moment: ask again, do not keep it.
    /// - Throws: ``JoinFailure`` when the store cannot be read.
    public func permissions(
        of user: LivechatUserID,
        in room: LivechatRoomID? = nil,
        id: String? = nil
    ) async throws(JoinFailure) -> EffectivePermissions {
        do {
            return try await store.decide(JoinQuery(userID: user, roomID: room, purposes: .roomRoles)) { facts in
                try facts.permissions(of: user, in: room)
            }
        } catch {
            let request = JoinRequest(.verified(user), roomID: room.map(SentValue.value) ?? .missing)
            throw failure(of: error, "permission check failed", request, id: id)
        }
    }
}

extension JoinRequest {
    fileprivate func logMetadata(from client: JoinClient?, id: String?) -> Logger.Metadata {
        var metadata = Logger.Metadata(request: id, client: client)
        // A client may send line ends in them.
        if let user = credentials.user { metadata["user"] = .stringConvertible(LogText(user.string)) }
        if let roomID = roomID.value { metadata["room"] = .stringConvertible(LogText(roomID.string)) }
        return metadata
    }
}

extension Logger.Metadata {
    /// What every line about a request has.
    package init(request id: String?, client: JoinClient?) {
        self = [:]
        if let id { self["request"] = .stringConvertible(LogText(id)) }
        if let client { self["client"] = "\(client)" }
    }
}
