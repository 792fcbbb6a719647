#if HTTP
public import Hummingbird
internal import Logging

/// Names every answer by the id of its request in `X-Request-Id`, and every line of the context's logger as `request`
/// (contract C16).
///
/// The endpoint and ``LivechatLogin`` do so by themselves. Add this in front of routes that have neither.
///
/// ```swift
/// let router = Router(context: Context.self)
/// router.add(middleware: LivechatRequestIDMiddleware())
/// ```
///
/// It names a response, and an `HTTPError` or an error of this package that is thrown. An id that the handler sets
/// itself stays, and an error of another type passes as it is.
public struct LivechatRequestIDMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Makes the middleware.
    public init() {}

    /// Passes the request on, and names the answer.
    public func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        try await context.pass(request, id: request.livechatRequestID(context), to: next)
    }
}

extension RequestContext {
    /// Passes a request on with its id in the logger, and names what comes back.
    func pass(
        _ request: Request,
        id: String,
        to next: @concurrent (Request, Self) async throws -> Response
    ) async throws -> Response {
        var context = self
        context.logger[metadataKey: "request"] = "\(id)"
        do {
            var response = try await next(request, context)
            response.headers.setRequestID(id)
            return response
        } catch var error as HTTPError {
            error.headers.setRequestID(id)
            throw error
        }
    }
}

extension HTTPFields {
    /// Names the request, unless the host has done so.
    fileprivate mutating func setRequestID(_ id: String) {
        if let name = Response.requestIDName, self[name] == nil { self[name] = id }
    }
}

extension Request {
    /// The id of the request: in `X-Request-Id` of our answers, and in every line that is logged about it.
    ///
    /// ```swift
    /// router.get("me") { request, context in
    ///     logger.info("asked", metadata: ["request": "\(request.livechatRequestID(context))"])
    ///     return "\(try context.requireLivechatUser())"
    /// }
    /// ```
    ///
    /// - Parameter context: The request's context.
    /// - Returns: The client's `X-Request-Id` if it sent a plain one, or else Hummingbird's. Outside of an `Application`,
    ///   which gives each request an id, another one is made with every call.
    public func livechatRequestID(_ context: some RequestContext) -> String {
        JoinEndpoint.Head(self).requestID(context.logger)
    }
}
#endif
