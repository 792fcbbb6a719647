internal import LivechatJoin

extension JoinStoreContract {
    private static func expect(
        _ stage: ContractStage,
        _ code: LivechatStoreError.Code,
        _ message: String,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
            stage.expect("the error", "none", message)
        } catch let error as LivechatStoreError {
            stage.expect("the code of: \(message)", error.code, code)
        }
    }

    /// What is removed takes along what belongs to it, and lets nobody in who was not.
    static let removal = [
        Case("C15: a user who is removed leaves nothing, and a new one of the same id inherits nothing") { stage in
            let store = stage.store
            try await store.queue("mine", department: nil, defaultAgent: "agent")
            stage.expect("joined", try await stage.join("agent", "served"), .joined(.serving))
            try await store.removeUser("agent")
            stage.expect("the user", try await store.user("agent")?.id, nil)
            stage.expect("tokens", try await store.tokens(of: "agent").count, 0)
            stage.expect("the login", try await stage.ask("agent", "served"), .refused(.notLoggedIn(.unknown)))
            for room: LivechatRoomID in ["served", "joined"] { try await stage.expectMembers([], of: room) }
            stage.expect("who serves", try await store.room("served")?.servedBy, nil)
            try await store.addUser("agent", roles: ["livechat-agent"])
            let token = LivechatToken("raw-agent")
            try await store.addToken(token, for: "agent", LivechatTokenRecord(createdAt: yesterday))
            let rows: [(String, JoinOutcome)] = [
                ("served", .refused(.noAccess())), ("joined", .refused(.noAccess())),
                ("in-sales", .refused(.noAccess())), ("public", .joined(.queuedInPublic)),
            ]
            for (room, outcome) in rows {
                stage.expect("\(room) afterwards", try await stage.ask("agent", room), outcome)
            }
            try await stage.expectEvents([("agent", "served")])
        },
        Case("C15: a role that is removed is gone from grants and users, unless it restricts them") { stage in
            let store = stage.store
            try await store.restrict("owner", to: ["view-l-room"])
            try await store.restrict("night", to: ["idle-talk"])
            try await expect(stage, .inUse, "a member's restricted role") { try await store.removeRole("owner") }
            try await store.removeRole("night")
            try await store.assign("guest", to: "second")
            try await store.restrict("guest", to: ["idle-talk"])
            try await expect(stage, .inUse, "a user's restricted role") { try await store.removeRole("guest") }
            try await store.unrestrict("owner")
            try await store.removeRole("owner")
            stage.expect("a member's roles", try await store.members(of: "joined").first?.roles, [])
            try await store.removeRole("livechat-agent")
            stage.expect("the user's roles", try await store.roles(of: "agent"), [])
            try await store.addRole("livechat-agent")
            try await store.assign("livechat-agent", to: "agent")
            let refused = JoinOutcome.refused(.lacksPermission(.notGranted))
            stage.expect("a new role of the same id", try await stage.ask("agent", "served"), refused)
        },
        Case("C15: a permission that is removed is granted to nobody, unless a role is restricted to it") { stage in
            let store = stage.store
            try await store.restrict("night", to: ["idle-talk"])
            try await expect(stage, .inUse, "a restriction") { try await store.removePermission("idle-talk") }
            try await store.removePermission("view-l-room")
            try await store.addPermission("view-l-room")
            let refused = JoinOutcome.refused(.lacksPermission(.notGranted))
            stage.expect("a new permission of the same id", try await stage.ask("agent", "served"), refused)
        },
        Case("C15: a department that is removed makes no queue public") { stage in
            let store = stage.store
            try await store.dequeue("in-sales")
            try await expect(stage, .inUse, "a room's department") { try await store.removeDepartment("sales") }
            try await expect(stage, .inUse, "an inquiry's department") { try await store.removeDepartment("support") }
            try await store.setRoom("served", department: nil)
            try await store.removeDepartment("sales")
            try await store.addDepartment("sales")
            try await store.queue("in-sales", department: "sales")
            stage.expect("a new one has no agents", try await stage.ask("agent", "in-sales"), .refused(.noAccess()))
        },
        Case("C15: a room that is removed takes its members and its inquiry along, and its events stay") { stage in
            let store = stage.store
            stage.expect("joined", try await stage.join("agent", "public"), .joined(.queuedInPublic))
            for room: LivechatRoomID in ["public", "joined", "direct"] { try await store.removeRoom(room) }
            stage.expect("no room", try await stage.ask("agent", "public"), .refused(.noSuchRoom))
            for room: LivechatRoom in ["public", "joined"] { try await store.addRoom(room) }
            stage.expect("no inquiry", try await stage.ask("agent", "public"), .refused(.noAccess()))
            stage.expect("no member", try await store.isMember("agent", of: "joined"), false)
            try await stage.expectEvents([("agent", "public")])
        },
        Case("C8: who is a member, which roles and which tokens a user has") { stage in
            let store = stage.store
            let rows: [(LivechatUserID, LivechatRoomID, Bool)] = [
                ("agent", "joined", true), ("second", "joined", false), ("agent", "served", false),
                ("nobody", "joined", false), ("agent", "nowhere", false),
            ]
            for (user, room, expected) in rows {
                stage.expect("\(user) in \(room)", try await store.isMember(user, of: room), expected)
            }
            try await store.assign("night", to: "agent")
            stage.expect("roles", try await store.roles(of: "agent"), ["livechat-agent", "night"])
            stage.expect("nobody's roles", try await store.roles(of: "nobody"), [])
            let own = LivechatTokenRecord(kind: .personalAccess, createdAt: yesterday, expiresAt: stage.clock.now)
            try await store.addToken("second token", for: "agent", own)
            let tokens = try await store.tokens(of: "agent")
            let digests = ["raw-agent", "second token"].map { LivechatToken($0).digest.base64 }
            stage.expect("digests", tokens.map(\.digest.base64), digests.sorted())
            let personal = tokens.first { $0.record.kind == .personalAccess }?.record
            stage.expect("expiry", personal?.expiresAt, stage.clock.now)
            stage.expect("made at", personal?.createdAt, yesterday)
            stage.expect("nobody's tokens", try await store.tokens(of: "nobody").count, 0)
        },
    ]
}
