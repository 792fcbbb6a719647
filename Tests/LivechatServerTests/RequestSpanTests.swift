#if Server && Observability
import InMemoryTracing
import LivechatJoin
import LivechatServer
import ServerTesting
import Testing
import Tracing

@Suite("C16: the span of a request")
struct RequestSpanTests {
    private static func spans(_ request: String) async throws -> [FinishedInMemorySpan] {
        let tracer = InMemoryTracer()
        let store = try await Fixture.store()
        try await withTracer(tracer) {
            try await JoinServer.with(JoinService(store: store), options: Fixture.options) { port, _ in
                _ = try await Wire.exchange(port: port, request)
            }
        }
        #expect(tracer.activeSpans.isEmpty)
        return tracer.finishedSpans
    }

    @Test("It is the server's, has the standard names, and holds the decision and the commit")
    func join() async throws {
        let spans = try await Self.spans(Fixture.get("\(Fixture.path)?roomId=served"))
        let route = "/api/v1/livechat/room.join"
        #expect(spans.map(\.operationName) == ["livechat_join.decision", "livechat_join.commit", "GET \(route)"])
        let span = try #require(spans.last)
        #expect(span.kind == .server && span.status == nil && span.parentSpanID == nil)
        let text = ["http.request.method": "GET", "http.route": route, "url.path": route, "url.scheme": "http"]
        for (name, value) in text { #expect(span.attributes.get(name) == .string(value)) }
        #expect(span.attributes["http.response.status_code"]?.toSpanAttribute() == .int64(200))
        #expect(span.attributes.count == 5)
        #expect(spans.dropLast().allSatisfy { $0.parentSpanID == span.spanID })
    }

    @Test("It belongs to the trace that the client's headers name")
    func context() async throws {
        let headers =
            Fixture.credentials + "\(InMemoryTracer.traceIDKey): trace-1\r\n\(InMemoryTracer.spanIDKey): span-1\r\n"
        let spans = try await Self.spans(Fixture.get("\(Fixture.path)?roomId=nowhere", headers))
        #expect(spans.count == 2 && spans.allSatisfy { $0.traceID == "trace-1" })
        #expect(spans.last?.parentSpanID == "span-1")
    }

    @Test("Nothing but a request to join has one", arguments: ["/livez", "/readyz", "/nowhere"])
    func others(_ target: String) async throws {
        #expect(try await Self.spans(Fixture.get(target)).isEmpty)
    }
}
#endif
