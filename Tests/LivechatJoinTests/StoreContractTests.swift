import LivechatJoin
import LivechatJoinTesting
import Synchronization
import Testing

@Suite("The contract of every store")
struct StoreContractTests {
    @Test("The store in memory keeps it", arguments: JoinStoreContract.cases)
    func inMemory(_ contract: JoinStoreContract.Case) async {
        #expect(await contract.violations { InMemoryJoinStore() } == [])
    }

    @Test("All cases at once, as an embedder runs them")
    func all() async {
        #expect(await JoinStoreContract.violations { InMemoryJoinStore() } == [])
        let none = await JoinStoreContract.violations { throw Oops() }
        #expect(none.count == JoinStoreContract.cases.count)
        #expect(none.allSatisfy { $0.description.hasSuffix("filling the store: expected no error, found Oops()") })
    }

    /// A store with one thing wrong with it.
    struct Fault: Sendable, CustomStringConvertible {
        let description: String
        let around: @Sendable (any JoinStore) -> any JoinStore

        init(_ name: String, _ around: @escaping @Sendable (any JoinStore) -> any JoinStore) {
            description = name
            self.around = around
        }

        /// The cases that find it.
        func cases() async -> Set<String> {
            var found: Set<String> = []
            for contract in JoinStoreContract.cases {
                let violations = await contract.violations(around: around) { InMemoryJoinStore() }
                if !violations.isEmpty { found.insert(contract.description) }
            }
            return found
        }
    }

    private static func always(_ verdict: @escaping @Sendable (JoinQuery) -> JoinVerdict) -> Fault {
        Fault("one answer for everybody") { store in
            InterposedJoinStore(
                store,
                decide: { store, query, evaluate in
                    let result = try await store.decide(query, evaluate)
                    return result is JoinVerdict ? verdict(query) : result
                }
            )
        }
    }

    private static let nobody = LivechatUserID("nobody")

    static let faults: [Fault] = [
        always { _ in .refused(.noAccess()) },
        always { query in
            .allowed(
                JoinAdmission(
                    user: query.userID ?? nobody,
                    room: query.roomID ?? "nowhere",
                    reason: .serving,
                    at: LivechatTimestamp(milliseconds: 0)
                )
            )
        },
        Fault("decisions remembered") { store in
            let memory = Mutex<[String: any Sendable]>([:])
            return InterposedJoinStore(
                store,
                decide: { store, query, evaluate in
                    let key = "\(query.userID?.string ?? "") \(query.roomID?.string ?? "")"
                    if let known = memory.withLock({ $0[key] }) { return known }
                    let result = try await store.decide(query, evaluate)
                    memory.withLock { $0[key] = result }
                    return result
                }
            )
        },
        Fault("the second evaluation left out") { store in
            let verdict = Mutex<JoinVerdict>(.refused(.noAccess()))
            return InterposedJoinStore(
                store,
                decide: { store, query, evaluate in
                    let result = try await store.decide(query, evaluate)
                    if let decided = result as? JoinVerdict { verdict.withLock { $0 = decided } }
                    return result
                },
                admit: { store, query, _ in
                    let decided = verdict.withLock { $0 }
                    return try await store.admit(query) { _ in decided }
                }
            )
        },
        Fault("what is allowed not written") { DryRunStore($0) },
        Fault("errors taken for refusals") { store in
            InterposedJoinStore(
                store,
                admit: { store, query, evaluate in
                    do {
                        return try await store.admit(query, evaluate)
                    } catch {
                        return .refused(.noAccess())
                    }
                }
            )
        },
    ]

    @Test("Each fault is found, and each case that decides finds one")
    func found() async {
        var all: Set<String> = []
        for fault in Self.faults {
            let cases = await fault.cases()
            #expect(!cases.isEmpty, "\(fault)")
            all.formUnion(cases)
        }
        let unfound = JoinStoreContract.cases.map(\.description).filter { !all.contains($0) }
        // They ask the look-ups and the log alone, around which nothing stands.
        #expect(
            unfound == [
                "C15: what was set is found", "C8: who is a member, which roles and which tokens a user has",
                "C15: a list is in the order of the bytes of its ids, at every page size",
                "C8: a name finds the users who have exactly it",
                "C15: a list says what belongs to its entries",
            ] + JoinStoreContract.events.map(\.description)
        )
    }
}
