import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("C3, C9: the order")
struct OrderTests {
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
            let store = try await world()
            let profile = JoinProfile(
                name: "test",
                order: DecisionOrder(unchecked: missing),
                notLoggedIn: JoinResponse(status: 401, body: ""),
                noAccess: JoinResponse(status: 403, body: "")
            )
            #expect(try await service(store, profile: profile).join(request()) == .refused(.noAccess()))
            #expect(try await store.joined.isEmpty)
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
