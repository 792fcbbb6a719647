public import LivechatJoin

/// What every store must do, to be run against a store of your own (contract C3 to C7, C15).
///
/// ```swift
/// import LivechatJoinTesting
/// import Testing
///
/// @Test(arguments: JoinStoreContract.cases)
/// func keepsTheContract(_ case: JoinStoreContract.Case) async {
///     #expect(await `case`.violations { InMemoryJoinStore() } == [])
/// }
/// ```
///
/// It needs no test library: a case returns what it found. A store that opens something writes `try await` in the closure.
public enum JoinStoreContract {
    /// A store with all that the cases need to fill it and to look at what became of it.
    public typealias Store = LivechatStore

    /// One thing that a store must do.
    public struct Case: Sendable, CustomStringConvertible {
        /// The case's name.
        public let description: String
        let run: @Sendable (ContractStage) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (ContractStage) async throws -> Void) {
            description = name
            self.run = run
        }

        /// Runs the case.
        ///
        /// - Parameter makeStore: Makes a store that holds nothing, without default roles and grants; called once.
        /// - Returns: What the store did otherwise; none when it does what it must.
        public func violations(_ makeStore: () async throws -> any Store) async -> [Violation] {
            await violations(around: { $0 }, makeStore)
        }

        /// Runs the case on a store with something around its two calls.
        package func violations(
            around seam: (any JoinStore) -> any JoinStore,
            _ makeStore: () async throws -> any Store
        ) async -> [Violation] {
            do {
                let store = try await makeStore()
                try await JoinStoreContract.furnish(store)
                let stage = ContractStage(description, store, seam(store))
                do {
                    try await run(stage)
                } catch {
                    stage.expect("an error", "\(error)", "none")
                }
                return stage.violations
            } catch {
                return [
                    Violation(name: description, subject: "filling the store", expected: "no error", found: "\(error)")
                ]
            }
        }
    }

    /// Something that a store did otherwise than it must.
    public struct Violation: Hashable, Sendable, CustomStringConvertible {
        /// The name of the case.
        public let name: String
        /// What was looked at.
        public let subject: String
        /// What must be.
        public let expected: String
        /// What is.
        public let found: String

        /// All of it on one line.
        public var description: String { "\(name): \(subject): expected \(expected), found \(found)" }
    }

    /// Every case.
    public static let cases: [Case] =
        [order, refusals] + access + [permissions, tokens, ruleFacts] + joins + freshness + between + failures
        + administration + removal + lists + verified + events

    /// Runs every case, each on a store of its own.
    ///
    /// - Parameter makeStore: Makes a store that holds nothing, without default roles and grants.
    /// - Returns: What the store did otherwise; none when it does what it must.
    public static func violations(_ makeStore: () async throws -> any Store) async -> [Violation] {
        var violations: [Violation] = []
        for one in cases { violations += await one.violations(makeStore) }
        return violations
    }
}
