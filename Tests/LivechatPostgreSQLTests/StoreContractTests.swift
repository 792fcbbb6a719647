#if PostgreSQL
import LivechatJoin
import LivechatJoinTesting
import LivechatPostgreSQL
import Testing

extension OnPostgreSQL {
    @Suite("The contract of every store, on PostgreSQL")
    struct StoreContractTests {
        @Test("Where requests and changes come through one store", arguments: JoinStoreContract.cases)
        func one(_ contract: JoinStoreContract.Case) async throws {
            try await withDatabase { stores, _ in
                let store = stores[0]
                let violations = await contract.violations { store }
                #expect(violations == [], "\(violations)")
            }
        }

        @Test("Where the changes come through another store", arguments: JoinStoreContract.cases)
        func another(_ contract: JoinStoreContract.Case) async throws {
            try await withDatabase(stores: 2) { stores, _ in
                let (asking, changing) = (stores[0], stores[1])
                let violations = await contract.violations(around: { _ in asking }, { changing })
                #expect(violations == [], "\(violations)")
            }
        }
    }
}
#endif
