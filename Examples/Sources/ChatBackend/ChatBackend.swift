public import Hummingbird
internal import LivechatHTTP
internal import LivechatJoin
public import LivechatPersistence
public import Logging
internal import NIOCore

/// A small chat backend: users log in, join livechat rooms, read messages and close rooms.
public struct ChatBackend: Sendable {
    /// The engine's database.
    public let database: JoinDatabase
    /// The host's own tables.
    public let messages: Messages
    /// What the users log in with.
    public let passwords: Passwords
    private let service: JoinService
    private let guesses = AttemptLimiter<LivechatUserID>(JoinRateLimit(requests: 5, seconds: 300))
    private let logins = AttemptLimiter<JoinClient>(JoinRateLimit(requests: 60, seconds: 60))

    /// Makes the host's tables beside the engine's.
    ///
    /// - Parameters:
    ///   - database: The engine's database.
    ///   - passwordRounds: What the hash of a password costs, a power of two.
    /// - Throws: GRDB's `DatabaseError` when the host's tables cannot be made.
    public init(_ database: JoinDatabase, passwordRounds: Int = 1 << 14) throws {
        self.database = database
        messages = try Messages(path: database.path)
        passwords = try Passwords(messages.pool, rounds: passwordRounds)
        service = JoinService(store: database, limiter: JoinLimiter())
    }

    /// The backend as a server; it posts a message for each join while it runs.
    public func application(
        port: Int,
        logger: Logger = Logger(label: "chat-backend"),
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let events = JoinEventService(
            database,
            kinds: [.joined],
            after: { try await messages.lastCursor() },
            skipped: { cursor in try await messages.store(cursor) },
            handle: { event in try await messages.post(event) }
        )
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            services: [events],
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger
        )
    }

    private var router: Router<ChatContext> {
        let router = Router(context: ChatContext.self)
        router.addLivechatJoin(service) { request, context in JoinClient(request, context) }
        router.addLivechatHealth { try await database.checkHealth() }
        router.post("login", use: login)

        let agents = LivechatLogin<ChatContext>(service, requiring: .viewLivechatRoom)
        router.group("rooms/:room").add(middleware: agents).get("messages", use: read)

        let closers = LivechatLogin<ChatContext>(service, requiring: .closeLivechatRoom)
        router.group("rooms/:room").add(middleware: closers).post("close", use: close)
        return router
    }

    private struct Login: Decodable {
        let user: String
        let password: String
    }

    private struct Token: ResponseEncodable {
        let token: String
    }

    @Sendable private func login(_ request: Request, _ context: ChatContext) async throws -> Response {
        func refused(_ refusal: JoinRefusal) -> Response {
            service.profile.response(to: refusal).response(from: request, context: context)
        }
        // A client that tries many names never reaches the limit for one. Nothing stands before this server: behind a
        // proxy all clients would be one without `trustedProxies`.
        if let client = JoinClient(request, context), let refusal = logins.attempt(for: client).refusal {
            return refused(refusal)
        }
        let login = try await request.decode(as: Login.self, context: context)
        guard let user = LivechatUserID(requested: login.user) else { return refused(.notLoggedIn(.unknown)) }
        let attempt = guesses.attempt(for: user)
        // 429, with the seconds to wait in Retry-After.
        if let refusal = attempt.refusal { return refused(refusal) }
        guard try await passwords.isRight(login.password, of: user) else { return refused(.notLoggedIn(.unknown)) }
        attempt.giveBack()
        let token = Token(token: try await database.issueToken(for: user).reveal())
        return try token.response(from: request, context: context)
    }

    @Sendable private func read(_ request: Request, _ context: ChatContext) async throws -> [Messages.Message] {
        let room = try context.parameters.require("room", as: LivechatRoomID.self)
        guard try await database.isMember(context.requireLivechatUser(), of: room) else {
            throw HTTPError(.forbidden)
        }
        return try await messages.messages(in: room)
    }

    @Sendable private func close(_ request: Request, _ context: ChatContext) async throws -> HTTPResponse.Status {
        // A room that does not exist is an error that answers 404.
        try await database.closeRoom(context.parameters.require("room", as: LivechatRoomID.self))
        return .noContent
    }
}

extension Messages.Message: ResponseEncodable {}

/// What the routes know of a request.
struct ChatContext: LivechatRequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    var livechatUser: LivechatUserID?
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}
