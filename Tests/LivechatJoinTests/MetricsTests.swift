#if Observability
import CoreMetrics
import LivechatJoin
import LivechatJoinTesting
import MetricsTestKit
import Synchronization
import Testing

@Suite("C16: what a service tells of its requests")
struct MetricsTests {
    private static let requests = "livechat_join_requests_total"

    private static func counts(_ metrics: TestMetrics) -> [String: Int64] {
        let moved = metrics.counters.filter { $0.totalValue > 0 }
        return Dictionary(
            uniqueKeysWithValues: moved.map { counter in
                (
                    "\(counter.label) \(counter.dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: " "))",
                    counter.totalValue
                )
            }
        )
    }

    /// A request, and the step and the status that count it.
    static let asked: [(JoinRequest, String)] = [
        (request(), "step=join status=200"),
        (request(token: "wrong"), "step=authenticate status=401"),
        (request(nil), "step=validate status=400"),
        (request("roomId=r1&more=1"), "step=validate status=400"),
        (request("roomId=nowhere"), "step=find status=400"),
        (request(user: "u2", token: "secret2"), "step=access status=403"),
    ]

    @Test("A request counts once, by its step and its status, and its decision is timed", arguments: asked)
    func outcome(_ request: JoinRequest, _ labels: String) async throws {
        let metrics = TestMetrics()
        let store = try await world()
        let service = withMetricsFactory(metrics) { JoinService(store: store, clock: SettableClock().wallClock) }
        let response = await service.respond(to: request)
        #expect(labels.hasSuffix("\(response.status)"))
        #expect(Self.counts(metrics) == ["\(Self.requests) \(labels)": 1])
        let decision = try metrics.expectTimer("livechat_join_decision_seconds")
        #expect(decision.values.count == 1 && decision.values[0] > 0)
    }

    @Test("The status is the profile's")
    func profile() async throws {
        let metrics = TestMetrics()
        let store = try await world()
        let service = withMetricsFactory(metrics) {
            JoinService(store: store, profile: .rocketChat8, clock: SettableClock().wallClock)
        }
        _ = await service.respond(to: request(user: "u2", token: "secret2"))
        #expect(Self.counts(metrics) == ["\(Self.requests) step=access status=400": 1])
    }

    @Test("Rules are within the decision, which is timed once")
    func rules() async throws {
        let metrics = TestMetrics()
        let store = try await world()
        let rules = [joinRule("no") { _ in false }, joinRule("never") { _ in true }]
        let refusing = withMetricsFactory(metrics) {
            JoinService(store: store, rules: rules, clock: SettableClock().wallClock)
        }
        _ = await refusing.respond(to: request())
        #expect(Self.counts(metrics) == ["\(Self.requests) step=rules status=400": 1])
        let timed = Mutex<[Int]>([])
        let looking = joinRule("never") { _ in
            let decisions = try metrics.expectTimer("livechat_join_decision_seconds").values.count
            timed.withLock { $0.append(decisions) }
            return true
        }
        let admitting = withMetricsFactory(metrics) {
            JoinService(store: store, rules: [looking], clock: SettableClock().wallClock)
        }
        _ = await admitting.respond(to: request())
        #expect(Self.counts(metrics)["\(Self.requests) step=join status=200"] == 1)
        #expect(try metrics.expectTimer("livechat_join_decision_seconds").values.count == 2)
        #expect(timed.withLock { $0 } == [1], "a request is timed after its rules")
    }

    @Test("A spent budget counts by its name, at the host's other endpoints too")
    func limits() async throws {
        let metrics = TestMetrics()
        let store = try await world()
        let limiter = JoinLimiter(requests: JoinRateLimit(requests: 1), logins: JoinRateLimit(requests: 1))
        let service = withMetricsFactory(metrics) {
            JoinService(store: store, limiter: limiter, clock: SettableClock().wallClock)
        }
        let client = JoinClient(address: [192, 0, 2, 1])
        for token in ["secret", "secret", "wrong", "wrong"] {
            _ = await service.respond(to: request(token: token), from: client)
        }
        _ = try await service.authenticate(JoinCredentials(userID: "u1", token: "wrong"), from: client)
        let limited = "livechat_join_rate_limited_total"
        #expect(
            Self.counts(metrics) == [
                "\(Self.requests) step=join status=200": 1, "\(Self.requests) step=limit status=429": 1,
                "\(Self.requests) step=authenticate status=401": 1, "\(Self.requests) step=authenticate status=429": 1,
                "\(limited) budget=requests": 1, "\(limited) budget=logins": 2,
            ]
        )
    }

    /// What a store throws, and the code that counts it.
    static let failures: [(any Error, String)] = [
        (LivechatStoreError(.diskFull, "full"), "diskFull"), (LivechatStoreError(.busy, "busy"), "busy"),
        (Oops(), "other"),
    ]

    @Test("A store that fails counts by the code of its error", arguments: failures)
    func failure(_ error: any Error, _ code: String) async throws {
        let metrics = TestMetrics()
        let store = InterposedJoinStore(try await world(), before: { _, _ in throw error })
        let service = withMetricsFactory(metrics) { JoinService(store: store, clock: SettableClock().wallClock) }
        #expect(await service.respond(to: request()) == .unavailable)
        let failures = "livechat_join_store_failures_total code=\(code)"
        #expect(Self.counts(metrics) == ["\(Self.requests) step=none status=503": 1, failures: 1])
        await #expect(throws: JoinFailure.self) { try await service.permissions(of: "u1") }
        #expect(Self.counts(metrics)[failures] == 2)
    }

    @Test("No label is an id, a token or an address, and every name is one of the eight")
    func labels() async throws {
        let metrics = TestMetrics()
        let store = try await world()
        let service = withMetricsFactory(metrics) {
            JoinService(store: store, limiter: JoinLimiter(), clock: SettableClock().wallClock)
        }
        for (request, _) in Self.asked {
            _ = await service.respond(to: request, from: JoinClient(address: [192, 0, 2, 1]), id: "request-1")
        }
        let names = Set(JoinMetric.allCases.map(\.rawValue))
        for counter in metrics.counters {
            #expect(names.contains(counter.label))
            for (name, value) in counter.dimensions {
                switch name {
                case "step": #expect(value == "none" || JoinStep(rawValue: value) != nil)
                case "status": #expect([200, 400, 401, 403, 429, 503].contains(Int(value) ?? 0))
                case "budget": #expect(LimitedBudget(rawValue: value) != nil)
                default: Issue.record("a label \(name)")
                }
            }
        }
        #expect(metrics.counters.count == 13)
    }
}
#endif
