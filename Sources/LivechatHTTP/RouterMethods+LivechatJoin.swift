#if HTTP
public import Hummingbird
public import LivechatJoin

extension RouterMethods {
    /// Adds the endpoint to a router that the host has already, at ``LivechatJoin/JoinRequest/path``.
    ///
    /// `GET` is answered by the service (contract C2); every other standard method is answered 405. Middleware that
    /// was added before applies. Each answer has the id of its request in `X-Request-Id`, and so has what the service
    /// logs: the client's own id, if it sent a plain one, or Hummingbird's.
    ///
    /// ```swift
    /// let router = Router()
    /// router.addLivechatJoin(JoinService(store: database))
    /// ```
    ///
    /// - Parameters:
    ///   - service: What decides.
    ///   - path: Where the endpoint is; in a group, the rest of the path behind the group's.
    ///   - options: How large a request may be.
    ///   - client: Finds the client that a request counts for where the service limits them, such as the address that
    ///     the connection or a trusted proxy names; requests for which it returns nil are not limited.
    ///   - credentials: Finds who asks, such as `.verified` with the user of a session of the host's; nil is somebody
    ///     who is not logged in. Without it the headers `X-User-Id` and `X-Auth-Token` say it.
    /// - Returns: The router.
    @discardableResult
    public func addLivechatJoin(
        _ service: JoinService,
        at path: String = JoinRequest.path,
        options: JoinHTTPOptions = JoinHTTPOptions(),
        client: (@Sendable (Request, Context) -> JoinClient?)? = nil,
        credentials: (@Sendable (Request, Context) async throws -> JoinCredentials?)? = nil
    ) -> Self {
        let endpoint = JoinEndpoint(service: service, options: options)
        let path = RouterPath(path)
        get(path) { request, context in
            let head = JoinEndpoint.Head(request)
            let id = head.requestID(context.logger)
            if let refusal = endpoint.refusal(head) { return Response(refusal, requestID: id) }
            guard let credentials else {
                return Response(await endpoint.join(head, from: client?(request, context), id: id), requestID: id)
            }
            return try await context.pass(request, id: id) { request, context in
                let who = try await credentials(request, context) ?? .nobody
                return Response(await endpoint.join(head, who, from: client?(request, context), id: id), requestID: id)
            }
        }
        for method in [.head, .post, .put, .patch, .delete, .options, .trace, .connect] as [HTTPRequest.Method] {
            on(path, method: method) { request, context in
                let head = JoinEndpoint.Head(request)
                let refusal = endpoint.refusal(head)
                var response = Response(refusal ?? .methodNotAllowed, requestID: head.requestID(context.logger))
                if refusal == nil { response.headers[.allow] = "GET" }
                return response.answering(request.method)
            }
        }
        return self
    }
}

extension Response {
    /// The same response without its body where the request was a `HEAD`, whose answer has none; a body would be read
    /// as the start of the next answer on the connection.
    func answering(_ method: HTTPRequest.Method) -> Response {
        method == .head ? createHeadResponse() : self
    }
}
#endif
