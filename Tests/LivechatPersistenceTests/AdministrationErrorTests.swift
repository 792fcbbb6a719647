import LivechatJoin
import LivechatJoinTesting
import LivechatPersistence
import Testing

@Suite("Errors of administration", .serialized)
struct AdministrationErrorTests {
    @Test("Each error is one line, and the call changes nothing", arguments: JoinStoreContract.mistakes)
    func told(_ mistake: JoinStoreContract.Mistake) async throws {
        let temporary = try TemporaryDatabase()
        let database = try await temporary.openWorld()
        let before = try await database.dump()
        let error = await #expect(throws: LivechatStoreError.self) { try await mistake.run(database) }
        #expect(error?.description == mistake.description)
        #expect(error?.code == mistake.code)
        #expect(try await database.dump() == before)
        await database.close()
    }
}
