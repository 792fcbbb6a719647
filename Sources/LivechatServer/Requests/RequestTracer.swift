#if Server && Observability
internal import LivechatJoin
internal import NIOHTTP1
internal import Tracing

/// Puts a request to join in a span, which belongs to the client's trace where its headers name one (contract C16).
struct RequestTracer: Sendable {
    private let tracer: any Tracer

    /// It is nil where the host has bootstrapped no tracer.
    init?() {
        tracer = InstrumentationSystem.tracer
        if tracer is NoOpTracer { return nil }
    }

    func trace(_ headers: HTTPHeaders?, _ work: () async -> JoinResponse) async -> JoinResponse {
        await Self.trace(tracer, headers, work)
    }

    private static func trace(
        _ tracer: some Tracer,
        _ headers: HTTPHeaders?,
        _ work: () async -> JoinResponse
    ) async -> JoinResponse {
        var context = InstrumentationContext.topLevel
        tracer.extract(headers ?? HTTPHeaders(), into: &context, using: HeaderExtractor())
        return await tracer.withSpan("GET \(JoinRequest.path)", context: context, ofKind: .server) { span in
            span.attributes["http.request.method"] = "GET"
            span.attributes["http.route"] = JoinRequest.path
            span.attributes["url.path"] = JoinRequest.path
            span.attributes["url.scheme"] = "http"
            let response = await work()
            span.attributes["http.response.status_code"] = response.status
            if response.status >= 500 {
                span.attributes["error.type"] = "\(response.status)"
                span.setStatus(SpanStatus(code: .error))
            }
            return response
        }
    }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: HTTPHeaders) -> String? { headers.first(name: key) }
}
#elseif Server
internal import LivechatJoin
internal import NIOHTTP1

/// Stands in where the trait `Observability` was not asked for: there is none.
enum RequestTracer {
    init?() { return nil }

    func trace(_ headers: HTTPHeaders?, _ work: () async -> JoinResponse) async -> JoinResponse { switch self {} }
}
#endif
