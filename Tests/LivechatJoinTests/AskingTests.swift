import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("Asking without joining")
struct AskingTests {
    @Test("C6: nobody joins by asking, and the host's rules are not asked")
    func access() async throws {
        let store = try await world()
        let service = service(store, rules: [joinRule("no") { _ in false }])
        #expect(try await service.access(request()) == .admitted(.serving))
        #expect(try await service.access(request(user: "u2", token: "secret2")) == .refused(.noAccess()))
        #expect(try await service.access(request("roomId=r9")) == .refused(.noSuchRoom))
        #expect(try await service.access(request(token: "wrong")) == .refused(.notLoggedIn(.unknown)))
        #expect(try await store.joined.isEmpty)
    }

    @Test("A store that cannot be read answers neither question")
    func failing() async throws {
        let store = try await world()
        store.failNextCalls(2)
        await #expect(throws: JoinFailure.self) { try await service(store).permissions(of: "u1") }
        await #expect(throws: JoinFailure.self) { try await service(store).access(request()) }
    }
}
