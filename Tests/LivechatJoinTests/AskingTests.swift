import LivechatJoin
import LivechatJoinTesting
import Testing

@Suite("Asking without joining")
struct AskingTests {
    @Test("C6: a closed room has two more ways in, and nobody joins by asking")
    func access() async throws {
        let store = try world()
        try store.addDepartment("d1", isEnabled: false, agents: ["u2"])
        try store.addRoom("r2", isOpen: false, department: "d1")
        let asking = request("roomId=r2", user: "u2", token: "secret2")
        let service = service(store, rules: [joinRule("no") { _ in false }])
        #expect(try await service.access(asking) == .refused(.noAccess))
        try store.grant("view-livechat-room-closed-same-department", to: "livechat-agent")
        #expect(try await service.access(asking) == .admitted(.closedInSameDepartment))
        #expect(try await service.access(request("roomId=r2")) == .refused(.noAccess))
        try store.grant("view-livechat-room-closed-by-another-agent", to: "livechat-agent")
        #expect(try await service.access(asking) == .admitted(.closedByAnotherAgent))
        #expect(try await service.join(asking) == .refused(.roomClosed))
        try store.reopenRoom("r2")
        #expect(try await service.access(asking) == .refused(.noAccess))
        #expect(try await service.access(request()) == .admitted(.serving))
        #expect(try await service.access(request("roomId=r9")) == .refused(.noSuchRoom))
        #expect(try await service.access(request(token: "wrong")) == .refused(.notLoggedIn(.unknown)))
        #expect(store.joined.isEmpty)
    }

    @Test("C5: room-scoped roles count only in a check that names the room, and nothing stale is answered")
    func permissions() async throws {
        let store = try world()
        try store.addRole("owner", permissions: ["extra"])
        try store.addMember("u1", to: "r1", roles: ["owner"])
        let service = service(store)
        let (user, room, extra) = (
            try LivechatUserID("u1"), try LivechatRoomID("r1"), try LivechatPermissionID("extra")
        )
        #expect(try await service.permissions(of: user, in: room).holds(extra))
        #expect(try await !service.permissions(of: user).holds(extra))
        #expect(try await !service.permissions(of: user, in: try LivechatRoomID("r2")).holds(extra))
        #expect(try await service.permissions(of: user).holds(LivechatPermission.viewLivechatRoom))
        #expect(try await service.permissions(of: try LivechatUserID("u9")).roles.isEmpty)
        try store.withdraw("extra", from: "owner")
        #expect(try await !service.permissions(of: user, in: room).holds(extra))
        store.failNextCalls(1)
        await #expect(throws: JoinFailure.self) { try await service.permissions(of: user) }
    }
}
