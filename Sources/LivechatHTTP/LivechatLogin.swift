#if HTTP
public import Hummingbird
public import LivechatJoin
internal import Logging

/// A request context that knows who is logged in.
public protocol LivechatRequestContext: RequestContext {
    /// The user whom ``LivechatLogin`` let through; nil before it.
    var livechatUser: LivechatUserID? { get set }
}

extension LivechatRequestContext {
    /// The user whom ``LivechatLogin`` let through, in a handler behind it.
    ///
    /// ```swift
    /// router.get("me") { request, context in try context.requireLivechatUser().string }
    /// ```
    ///
    /// - Returns: The user.
    /// - Throws: An error that is answered 401 where no login stands before the handler.
    public func requireLivechatUser() throws(HTTPError) -> LivechatUserID {
        guard let livechatUser else { throw HTTPError(.unauthorized) }
        return livechatUser
    }
}

/// Lets users through who are logged in, and hold a permission where one is required (contract C4, C5).
///
/// ```swift
/// router.group("api/v1/rooms")
///     .add(middleware: LivechatLogin(service, requiring: .viewLivechatRoom))
///     .get { request, context in try await rooms(of: context.livechatUser) }
/// ```
///
/// Everybody else is answered 401 or 403 in the bytes of the service's profile, 429 where too many logins of the client
/// have failed, and 503 where the store fails.
///
/// Every answer has the id of its request in `X-Request-Id`, those of the handlers behind it too (contract C16): a
/// response, and an `HTTPError` or an error of this package that is thrown. An id that the handler sets itself stays,
/// and an error of another type passes as it is.
public struct LivechatLogin<Context: LivechatRequestContext>: RouterMiddleware {
    private let service: JoinService
    private let permission: LivechatPermissionID?
    private let credentials: @Sendable (Request, Context) async throws -> JoinCredentials?
    private let client: @Sendable (Request, Context) -> JoinClient?

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - service: What decides.
    ///   - permission: What a user must hold; nil lets everybody through who is logged in.
    ///   - client: Finds the client whose failed logins are counted; nil where they are not limited.
    ///   - credentials: Finds who asks, such as `.verified` with the user of a session of the host's; nil is somebody
    ///     who is not logged in. By default the headers `X-User-Id` and `X-Auth-Token` say it.
    public init(
        _ service: JoinService,
        requiring permission: LivechatPermissionID? = nil,
        client: @escaping @Sendable (Request, Context) -> JoinClient? = { _, _ in nil },
        credentials: @escaping @Sendable (Request, Context) async throws -> JoinCredentials? = { request, _ in
            JoinCredentials(request)
        }
    ) {
        self.service = service
        self.permission = permission
        self.credentials = credentials
        self.client = client
    }

    /// Answers the request, or passes it on with the user in its context.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let id = request.livechatRequestID(context)
        return try await context.pass(request, id: id) { request, context in
            let credentials = try await credentials(request, context) ?? .nobody
            let client = client(request, context)
            let (outcome, standing) = try await service.answer(credentials, permission, from: client, id: id)
            switch outcome {
            case .refused(let refusal):
                let response = service.profile.response(to: refusal).with(standing)
                return Response(response, requestID: id).answering(request.method)
            case .loggedIn(let user):
                var context = context
                context.livechatUser = user
                return try await next(request, context)
            }
        }
    }
}

extension JoinCredentials {
    /// Somebody who has sent nothing.
    static let nobody = JoinCredentials.token(.missing, of: .missing)

    /// Takes the headers `X-User-Id` and `X-Auth-Token` of a request.
    public init(_ request: Request) {
        let head = JoinEndpoint.Head(request)
        self.init(userID: head.userID, token: head.token)
    }
}

extension Request {
    /// A status in the form of the other errors.
    fileprivate func answer(_ status: HTTPResponse.Status, _ reason: String? = nil, id: String) -> Response {
        let body = #"{"success":false,"error":"\#(reason ?? status.reasonPhrase)"}"#
        return Response(JoinResponse(status: status.code, body: body), requestID: id).answering(method)
    }
}

extension JoinFailure: HTTPResponseError {
    /// 503: nothing was decided.
    public var status: HTTPResponse.Status { .serviceUnavailable }

    /// The body of contract C2; the service has logged the cause.
    public func response(from request: Request, context: some RequestContext) -> Response {
        Response(.unavailable, requestID: request.livechatRequestID(context)).answering(request.method)
    }
}

extension InvalidLivechatID: HTTPResponseError {
    /// 400: a request named what cannot be an id.
    public var status: HTTPResponse.Status { .badRequest }

    /// The reason in the form of the other errors.
    public func response(from request: Request, context: some RequestContext) -> Response {
        request.answer(status, "an id \(self)", id: request.livechatRequestID(context))
    }
}

extension LivechatStoreError: HTTPResponseError {
    /// 404 where something does not exist, 409 where it exists already or is still in use, 503 where the store failed.
    public var status: HTTPResponse.Status {
        switch code {
        case .notFound: .notFound
        case .alreadyExists, .inUse: .conflict
        default: .serviceUnavailable
        }
    }

    /// The status in the form of the other errors.
    ///
    /// A 503 is logged to the context's logger at `error`, with the description, which names paths, and with the id of
    /// the request that the answer has; 404 and 409 are not logged.
    public func response(from request: Request, context: some RequestContext) -> Response {
        let id = request.livechatRequestID(context)
        if status == .serviceUnavailable {
            var metadata = Logger.Metadata(request: id, client: nil)
            metadata["error"] = "\(self)"
            context.logger.error("store failed", metadata: metadata)
        }
        return request.answer(status, id: id)
    }
}
#endif
