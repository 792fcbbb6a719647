import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("The contract of every store, on SQLite", .serialized)
struct StoreContractTests {
    @Test("Where requests and changes come through one database", arguments: JoinStoreContract.cases)
    func one(_ contract: JoinStoreContract.Case) async throws {
        let temporary = try TemporaryDatabase()
        let database = try temporary.openEmpty()
        #expect(await contract.violations { database } == [])
        await database.close()
    }

    @Test("Where the changes come through another database on the file", arguments: JoinStoreContract.cases)
    func another(_ contract: JoinStoreContract.Case) async throws {
        let temporary = try TemporaryDatabase()
        let changing = try temporary.openEmpty()
        // One reader, so that what it has cached is what the next decision could be tempted to use.
        let asking = try temporary.open {
            $0.readers = 1
            $0.durability = .normal
        }
        #expect(await contract.violations(around: { _ in asking }, { changing }) == [])
        await asking.close()
        await changing.close()
    }
}

extension TemporaryDatabase {
    /// Opens a database without the default roles and grants; what a commit survives is another test's matter.
    fileprivate func openEmpty() throws -> JoinDatabase {
        _ = try JoinDatabase.migrate(path: path, withDefaultGrants: false)
        return try open { $0.durability = .normal }
    }
}
