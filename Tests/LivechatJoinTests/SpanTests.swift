#if Observability
import InMemoryTracing
import LivechatJoin
import LivechatJoinTesting
import Testing
import Tracing

@Suite("C16: spans of a decision and a commit")
struct SpanTests {
    private static func spans(
        _ request: JoinRequest = request(),
        _ change: (InMemoryJoinStore) -> any JoinStore = { $0 }
    ) async throws -> [FinishedInMemorySpan] {
        let tracer = InMemoryTracer()
        let store = change(try await world())
        let service = withTracer(tracer) { JoinService(store: store, clock: SettableClock().wallClock) }
        await withTracer(tracer) {
            await tracer.withSpan("request") { _ in _ = await service.respond(to: request) }
        }
        #expect(tracer.activeSpans.isEmpty)
        return tracer.finishedSpans
    }

    @Test("A join has both, one after the other, within the host's own span")
    func join() async throws {
        let spans = try await Self.spans()
        try #require(spans.count == 3)
        #expect(spans.map(\.operationName) == ["livechat_join.decision", "livechat_join.commit", "request"])
        #expect(spans.allSatisfy { $0.status == nil && $0.attributes.isEmpty })
        #expect(spans.prefix(2).allSatisfy { $0.parentSpanID == spans[2].spanID })
    }

    @Test("A refusal and a member's join commit nothing", arguments: [request("roomId=nowhere"), request(nil)])
    func refusal(_ request: JoinRequest) async throws {
        #expect(try await Self.spans(request).map(\.operationName) == ["livechat_join.decision", "request"])
    }

    @Test("A failure says its code where it happened, and nothing that was sent")
    func failure() async throws {
        for (call, name) in [(InterposedJoinStore.Call.settle, "decision"), (.admit, "commit")] {
            let spans = try await Self.spans { store in
                InterposedJoinStore(
                    store,
                    before: { now, _ in if now == call { throw LivechatStoreError(.busy, "locked") } }
                )
            }
            let failed = try #require(spans.dropLast().last)
            #expect(failed.operationName == "livechat_join.\(name)")
            #expect(failed.status?.code == .error)
            #expect(failed.attributes["error.type"]?.toSpanAttribute() == .string("busy"))
            #expect(failed.attributes.count == 1 && failed.errors.isEmpty)
        }
    }
}
#endif
