/// The order in which a request is decided: the first step that refuses decides (contract C3).
///
/// This is the one place where the order stands. The service folds over it, and the documentation's table, the
/// command line and the tests read it from here.
public struct DecisionOrder: Hashable, Sendable {
    /// The steps, first to last.
    public let steps: [Step]

    package init(_ steps: [Step]) { self.steps = steps }

    /// The order of the documented contract and of Rocket.Chat 7.
    public static let documented = DecisionOrder([
        .authenticate, .validate, .authorize, .find, .open, .rules, .access, .join,
    ])

    /// The order that Rocket.Chat 8 is seen to keep: the permission is checked before the parameters (contract C9).
    public static let rocketChat8 = DecisionOrder([
        .authenticate, .authorize, .validate, .find, .open, .rules, .access, .join,
    ])

    /// The order of the access query, which asks about closed rooms too and joins nobody (contract C6).
    static let access = DecisionOrder([.authenticate, .validate, .authorize, .find, .access])
}
