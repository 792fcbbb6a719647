import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("C3, C9: the order")
struct OrderTests {
    /// The steps that can refuse.
    static let refusing: [JoinStep] = [.authenticate, .validate, .authorize, .find, .open, .rules, .access]

    /// What comes of a request when these steps have something against it and nothing else has.
    private func outcome(_ spoiled: Set<JoinStep>, _ order: DecisionOrder) async throws -> (JoinOutcome, [JoinedEvent])
    {
        let store = InMemoryJoinStore(clock: SettableClock().wallClock)
        try store.addRole("agent", permissions: spoiled.contains(.authorize) ? [] : ["view-l-room"])
        try store.addUser("u1", roles: ["agent"], token: spoiled.contains(.authenticate) ? "other" : "secret")
        try store.addRoom(
            "r1",
            kind: spoiled.contains(.find) ? "d" : "l",
            isOpen: !spoiled.contains(.open),
            servedBy: spoiled.contains(.access) ? nil : "u1"
        )
        let refuses = spoiled.contains(.rules)
        let service = service(
            store,
            profile: JoinProfile(
                name: "test",
                order: order,
                notLoggedIn: JoinResponse(status: 401, body: ""),
                noAccess: JoinResponse(status: 403, body: "")
            ),
            rules: [joinRule("no") { _ in !refuses }]
        )
        let outcome = try await service.join(request(spoiled.contains(.validate) ? "" : "roomId=r1"))
        return (outcome, store.joined)
    }

    @Test("The orders are those of the contract")
    func orders() {
        #expect(
            DecisionOrder.documented.steps == [
                .authenticate, .limit, .validate, .authorize, .find, .open, .rules, .access, .join,
            ]
        )
        #expect(
            DecisionOrder.rocketChat8.steps == [
                .authenticate, .authorize, .limit, .validate, .find, .open, .rules, .access, .join,
            ]
        )
        #expect(JoinProfile.documented.order == .documented)
        #expect(JoinProfile.rocketChat7.order == .documented)
        #expect(JoinProfile.rocketChat8.order == .rocketChat8)
        #expect(Set(DecisionOrder.documented.steps) == Set(JoinStep.allCases))
    }

    @Test(
        "The first step with something against it decides, for every set of them",
        arguments: JoinProfile.all.map(\.order)
    )
    func firstDecides(_ order: DecisionOrder) async throws {
        for bits in 0..<128 {
            let spoiled = Set(Self.refusing.indices.filter { bits >> $0 & 1 == 1 }.map { Self.refusing[$0] })
            let (outcome, joined) = try await outcome(spoiled, order)
            let expected = order.steps.first { spoiled.contains($0) } ?? .join
            if outcome.step != expected { Issue.record("\(spoiled) in \(order.steps): \(outcome)") }
            if joined.isEmpty == spoiled.isEmpty { Issue.record("\(spoiled): \(joined)") }
        }
    }

    @Test("Two steps that change places change the answer", arguments: 0..<7, 0..<7)
    func swapped(_ one: Int, _ other: Int) async throws {
        guard one < other else { return }
        let (earlier, later) = (Self.refusing[one], Self.refusing[other])
        var steps = Self.refusing + [.join]
        let kept = try await outcome([earlier, later], DecisionOrder(unchecked: steps)).0
        #expect(kept.step == earlier)
        steps.swapAt(one, other)
        let changed = try await outcome([earlier, later], DecisionOrder(unchecked: steps)).0
        // Where there is no room to ask about, the step that finds rooms decides.
        let needsRoom =
            earlier == .validate && [.open, .rules, .access].contains(later) || earlier == .find && later == .rules
        #expect(changed.step == (needsRoom ? .find : later))
    }

    @Test("A host's order has every step once, and none before what it needs")
    func hostsOrder() {
        let documented = DecisionOrder.documented.steps
        #expect(DecisionOrder(documented) == .documented)
        #expect(DecisionOrder(DecisionOrder.rocketChat8.steps) == .rocketChat8)
        #expect(DecisionOrder([]) == nil)
        for step in JoinStep.allCases {
            #expect(DecisionOrder(documented.filter { $0 != step }) == nil)
            #expect(DecisionOrder(documented.map { $0 == step ? .find : $0 }) == nil || step == .find)
        }
        for (one, other) in [(0, 1), (2, 4), (4, 5), (4, 6), (4, 7), (7, 8)] {
            var steps = documented
            steps.swapAt(one, other)
            #expect(DecisionOrder(steps) == nil)
        }
    }

    @Test("An order without the step that admits admits nobody")
    func withoutAccess() async throws {
        for missing: [JoinStep] in [[], [.join], [.authenticate, .validate, .authorize, .find, .open, .rules, .join]] {
            let (outcome, joined) = try await outcome([], DecisionOrder(unchecked: missing))
            #expect(outcome == .refused(.noAccess))
            #expect(joined.isEmpty)
        }
    }

    @Test("Every refusal names its step, and every step its refusals")
    func steps() {
        for step in JoinStep.allCases {
            for refusal in step.refusals { #expect(refusal.step == step) }
            #expect(step.refusals.isEmpty == (step == .join))
        }
        #expect(JoinOutcome.alreadyMember.step == .join)
        #expect(JoinOutcome.joined(.serving).step == .join)
    }
}
