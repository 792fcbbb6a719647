#if HTTP
public import Hummingbird
internal import LivechatJoin
internal import Logging

extension RouterMethods {
    /// Adds `GET` and `HEAD` at `/livez` (200 as long as the process answers) and at `/readyz` (200, or 503 when
    /// `checkReadiness` throws), as `livechat-join serve` has them.
    ///
    /// ```swift
    /// router.addLivechatHealth { try await database.checkHealth() }
    /// ```
    ///
    /// - Parameter checkReadiness: Throws when requests could not be answered now; what it throws stands in the log of
    ///   the request's context, and not in the answer.
    /// - Returns: The router.
    @discardableResult
    public func addLivechatHealth(checkReadiness: @escaping @Sendable () async throws -> Void) -> Self {
        for method in [.get, .head] as [HTTPRequest.Method] {
            on("/livez", method: method) { request, context in
                Response(.done, requestID: request.livechatRequestID(context)).answering(request.method)
            }
            on("/readyz", method: method) { request, context in
                var answer = JoinResponse.done
                do {
                    try await checkReadiness()
                } catch {
                    context.logger.error("not ready", metadata: ["error": "\(error)"])
                    answer = .unavailable
                }
                return Response(answer, requestID: request.livechatRequestID(context)).answering(request.method)
            }
        }
        return self
    }
}
#endif
