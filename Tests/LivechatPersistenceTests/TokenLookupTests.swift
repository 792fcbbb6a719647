import LivechatJoin
import LivechatJoinTesting
import Testing

@testable import LivechatPersistence

@Suite("Tokens are looked up by their digest")
struct TokenLookupTests {
    @Test("One token of two users lets each of them in, and nobody else", arguments: [0, 8])
    func shared(rememberedLogins: Int) async throws {
        let temporary = try TemporaryDatabase()
        try await temporary.openWorld().close()
        let database = try temporary.open { $0.rememberedLogins = rememberedLogins }
        let clock = worldClock().wallClock
        let service = JoinService(store: DryRunStore(database), clock: clock)
        let shared = LivechatToken("raw-agent")
        let record = LivechatTokenRecord(createdAt: clock.now)
        try await database.addToken(shared, for: id("second"), record)
        try await database.addToken(shared, for: id("new"), record)
        for _ in 0..<2 {
            #expect(try await service.step("agent", "raw-agent", "served") == .join)
            #expect(try await service.step("second", "raw-agent", "served") == .access)
            #expect(try await service.step("new", "raw-agent", "served-by-new") == .join)
            for stranger in ["trainee", "away", "nobody"] {
                #expect(try await service.step(stranger, "raw-agent", "served") == .authenticate)
            }
        }
        try await database.revokeTokens(of: id("second"))
        #expect(try await service.step("second", "raw-agent", "served") == .authenticate)
        #expect(try await service.step("second", "raw-second", "served") == .authenticate)
        #expect(try await service.step("agent", "raw-agent", "served") == .join)
        await database.close()
    }
}

extension JoinService {
    fileprivate func step(_ user: String, _ token: String, _ room: String) async throws -> JoinStep {
        try await join(JoinRequest(userID: user, token: token, roomID: room)).step
    }
}
