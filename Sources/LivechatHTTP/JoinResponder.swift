#if HTTP
public import Hummingbird
internal import LivechatJoin
internal import Logging

/// Answers everything that a server of nothing but this endpoint is asked.
///
/// It takes the place of a router: with three paths known beforehand there is nothing to look up.
public struct JoinResponder: HTTPResponder {
    /// What Hummingbird hands over with a request.
    public struct Context: InitializableFromSource {
        let logger: Logger

        /// Takes what is needed from the source.
        public init(source: ApplicationRequestContextSource) { logger = source.logger }
    }

    let endpoint: JoinEndpoint
    let checkReadiness: @Sendable () async throws -> Void

    private static let livenessPath = "/livez"
    private static let readinessPath = "/readyz"

    /// Answers a request; never throws.
    public func respond(to request: Request, context: Context) async -> Response {
        let method = request.method
        return await answer(method, JoinEndpoint.Head(request), context).answering(method)
    }

    private func answer(
        _ method: HTTPRequest.Method,
        _ head: JoinEndpoint.Head,
        _ context: Context
    ) async -> Response {
        if let refusal = endpoint.refusal(head) { return refusal }
        let target = RequestTarget(head.target)
        switch target.path {
        case JoinRequest.path[...]:
            return method == .get ? await endpoint.join(head, target) : .methodNotAllowed
        case Self.livenessPath[...]:
            return method == .get ? .done : .methodNotAllowed
        case Self.readinessPath[...]:
            return method == .get ? await readiness(context) : .methodNotAllowed
        default:
            return .notFound
        }
    }

    private func readiness(_ context: Context) async -> Response {
        do {
            try await checkReadiness()
            return .done
        } catch {
            context.logger.error("not ready", metadata: ["error": "\(error)"])
            return .unavailable
        }
    }
}
#endif
