/// The order in which a request is decided: the first step that refuses decides (contract C3).
///
/// This is the one place where the order stands. The service folds over it, and the documentation's table, the
/// command line and the tests read it from here.
public struct DecisionOrder: Hashable, Sendable {
    /// The steps, first to last.
    public let steps: [JoinStep]

    /// Makes an order of the host's own.
    ///
    /// It is nil for a list that does not keep to what `steps` asks for: another order could let somebody in who has
    /// not been checked.
    ///
    /// - Parameter steps: Every step once: ``JoinStep/authenticate`` first, ``JoinStep/join`` last,
    ///   ``JoinStep/validate`` before ``JoinStep/find``, and that before the steps that ask about the room.
    public init?(_ steps: [JoinStep]) {
        func place(_ step: JoinStep) -> Int { steps.firstIndex(of: step) ?? steps.count }
        guard steps.count == JoinStep.allCases.count, Set(steps).count == steps.count, steps.first == .authenticate,
            steps.last == .join, place(.validate) < place(.find),
            [JoinStep.open, .rules, .access].allSatisfy({ place(.find) < place($0) })
        else { return nil }
        self.steps = steps
    }

    /// Makes an order that may leave steps out, for orders that stand here and for tests.
    package init(unchecked steps: [JoinStep]) { self.steps = steps }

    /// The order of the documented contract and of Rocket.Chat 7.
    public static let documented = DecisionOrder(unchecked: [
        .authenticate, .limit, .validate, .authorize, .find, .open, .rules, .access, .join,
    ])

    /// The order that Rocket.Chat 8 is seen to keep: the permission is checked before the parameters (contract C9).
    public static let rocketChat8 = DecisionOrder(unchecked: [
        .authenticate, .authorize, .limit, .validate, .find, .open, .rules, .access, .join,
    ])

    /// The order of the access query, which asks about closed rooms too and joins nobody (contract C6).
    static let access = DecisionOrder(unchecked: [.authenticate, .validate, .authorize, .find, .access])
}
