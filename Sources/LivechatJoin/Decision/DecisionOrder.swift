/// The order in which a request is decided: the first step that refuses decides (contract C3).
///
/// This is the one place where the order stands. The service folds over it, and the documentation's table, the
/// command line and the tests read it from here.
public struct DecisionOrder: Hashable, Sendable {
    /// The steps, first to last.
    public let steps: [Step]

    /// Makes an order.
    ///
    /// - Parameter steps: The steps, first to last. A step that needs what another establishes refuses as that one does
    ///   where it is left out, so no order lets anybody in who was not looked at.
    public init(_ steps: [Step]) { self.steps = steps }

    /// The order of the documented contract and of Rocket.Chat 7.
    public static let documented = DecisionOrder([
        .authenticate, .limit, .validate, .authorize, .find, .open, .rules, .access, .join,
    ])

    /// The order that Rocket.Chat 8 is seen to keep: the permission is checked before the parameters (contract C9).
    public static let rocketChat8 = DecisionOrder([
        .authenticate, .authorize, .limit, .validate, .find, .open, .rules, .access, .join,
    ])

    /// The order of the access query, which asks about closed rooms too and joins nobody (contract C6).
    static let access = DecisionOrder([.authenticate, .validate, .authorize, .find, .access])
}
