internal import LivechatJoin

extension JoinStoreContract {
    private static func access(
        _ name: String,
        _ room: String,
        _ expected: RoomAccess?,
        _ prepare: @escaping @Sendable (any Store) async throws -> Void = { _ in }
    ) -> Case {
        Case("C6: \(name)") { stage in
            try await prepare(stage.store)
            let isOpen = try await stage.store.room(LivechatRoomID(room))?.isOpen ?? true
            let access = try await stage.service().access(request("agent", room))
            stage.expect("access to \(room)", access, expected.map(AccessOutcome.admitted) ?? .refused(.noAccess()))
            let joined: JoinOutcome =
                switch expected {
                case _ where !isOpen: .refused(.roomClosed)
                case .none: .refused(.noAccess())
                case .some(.member): .alreadyMember
                case .some(let reason): .joined(reason)
                }
            let outcome = try await stage.ask("agent", room)
            stage.expect("a join to \(room)", outcome, joined)
        }
    }

    private static let closedByAnother = LivechatPermissionID.viewRoomClosedByAnotherAgent
    private static let closedInSame = LivechatPermissionID.viewRoomClosedInSameDepartment

    static let access: [Case] = [
        access("a member", "joined", .member),
        access("view-livechat-rooms", "unserved", .permission) {
            try await $0.grant("view-livechat-rooms", to: ["livechat-agent"])
        },
        access("the agent who serves", "served", .serving),
        access("the inquiry's default agent", "mine", .queuedForUser),
        access("an agent of the inquiry's department", "in-sales", .queuedInDepartment),
        access("the public queue", "public", .queuedInPublic),
        access("a livechat-manager", "in-others", .queuedForManager) {
            // Without its grants the role still opens the queue.
            try await $0.revoke("view-livechat-rooms", from: ["livechat-manager"])
            try await $0.assign("livechat-manager", to: "agent")
        },
        access("membership comes before the permission", "joined", .member) {
            try await $0.grant("view-livechat-rooms", to: ["livechat-agent"])
        },
        access("the permission comes before serving", "served", .permission) {
            try await $0.grant("view-livechat-rooms", to: ["livechat-agent"])
        },
        access("serving comes before the queue", "served", .serving) { try await $0.queue("served") },
        access("the default agent comes before the department", "in-sales", .queuedForUser) {
            try await $0.queue("in-sales", department: "sales", defaultAgent: "agent")
        },
        access("the department comes before the manager", "in-sales", .queuedInDepartment) {
            try await $0.revoke("view-livechat-rooms", from: ["livechat-manager"])
            try await $0.assign("livechat-manager", to: "agent")
        },
        access("nobody's room", "unserved", nil),
        access("another's room", "served-by-new", nil),
        access("another department's queue", "in-others", nil),
        access("a disabled department's queue", "in-support", nil),
        access("the default agent of another", "mine", nil) {
            try await $0.queue("mine", department: "others", defaultAgent: "second")
        },
        access("no preview: the default agent", "mine", nil) { try await $0.setPreviewRoom(false) },
        access("no preview: the public queue", "public", nil) { try await $0.setPreviewRoom(false) },
        access("no preview: a livechat-manager", "in-others", nil) {
            try await $0.revoke("view-livechat-rooms", from: ["livechat-manager"])
            try await $0.assign("livechat-manager", to: "agent")
            try await $0.setPreviewRoom(false)
        },
        access("a closed room", "closed-unserved", nil),
        access("a room that another closed", "closed-unserved", .closedByAnotherAgent) {
            try await $0.grant(closedByAnother, to: ["livechat-agent"])
        },
        access("a room that the department closed", "closed-unserved", .closedInSameDepartment) {
            try await $0.grant(closedInSame, to: ["livechat-agent"])
            // Disabled or not.
            try await $0.setRoom("closed-unserved", department: "support")
        },
        access("a room that another department closed", "closed-unserved", nil) {
            try await $0.grant(closedInSame, to: ["livechat-agent"])
            try await $0.setRoom("closed-unserved", department: "others")
        },
        access("a department that agents have no part in any more", "closed-unserved", nil) {
            try await $0.grant(closedInSame, to: ["livechat-agent"])
            try await $0.setRoom("closed-unserved", department: "support")
            try await $0.setRoom("closed-unserved", department: nil)
        },
    ]

    static let permissions = Case(
        "C5: a role in a room counts in a check that names the room, and as long as it is held"
    ) {
        stage in
        let service = stage.service()
        let store = stage.store
        try await store.grant("sing", to: ["owner", "leader"])
        func expect(_ subject: String, _ room: LivechatRoomID?, _ expected: Bool) async throws {
            let holds = try await service.permissions(of: "agent", in: room).holds("sing")
            stage.expect(subject, holds, expected)
        }
        try await expect("in the room", "joined", true)
        try await expect("in another room", "served", false)
        try await expect("in no room", nil, false)
        let another = try await service.permissions(of: "second", in: "joined").holds("sing")
        stage.expect("another user", another, false)
        let nobody = try await service.permissions(of: "nobody").roles
        stage.expect("the roles of nobody", nobody, [])
        try await store.withdraw("owner", from: "agent", in: "joined")
        try await expect("withdrawn", "joined", false)
        try await store.assign("leader", to: "agent", in: "joined")
        try await expect("assigned", "joined", true)
        try await store.leave("joined", "agent")
        try await expect("left", "joined", false)
        try await store.assign("leader", to: "agent")
        try await expect("everywhere", nil, true)
        try await store.restrict("night", to: ["idle-talk"])
        try await store.assign("night", to: "agent")
        try await expect("restricted", nil, false)
        try await store.unrestrict("night")
        try await expect("unrestricted", nil, true)
    }

    static let tokens = Case("C4: a token lives as long as its kind, its expiry and the setting say") { stage in
        let (store, clock) = (stage.store, stage.clock)
        let day = Duration.seconds(86_400)
        let moment = LivechatTimestamp(milliseconds: clock.now.milliseconds + 10)
        try await store.addToken("personal", for: "agent", .init(kind: .personalAccess, createdAt: clock.now))
        try await store.addToken("brief", for: "agent", .init(createdAt: clock.now, expiresAt: moment))
        try await store.addToken("long", for: "agent", .init(createdAt: clock.now))
        let issued = try await store.issueToken(for: "new", kind: .personalAccess).reveal()
        func expect(_ token: String, _ expected: JoinOutcome) async throws {
            let request = JoinRequest(userID: "agent", token: token, roomID: "joined")
            let outcome = try await stage.service().join(request)
            stage.expect("the answer to the token \(token)", outcome, expected)
        }
        let expired = JoinOutcome.refused(.notLoggedIn(.expired))
        try await expect("brief", .alreadyMember)
        clock.advance(by: .milliseconds(10))
        try await expect("brief", expired)
        try await store.setLoginExpiration(days: 1)
        try await expect("long", .alreadyMember)
        clock.advance(by: day - .milliseconds(10))
        try await expect("long", expired)
        try await store.setLoginExpiration(days: -1)
        try await expect("long", .alreadyMember)
        clock.advance(by: day * 89 - .milliseconds(1))
        try await expect("long", .alreadyMember)
        clock.advance(by: .milliseconds(1))
        try await expect("long", expired)
        clock.advance(by: day * 1_000)
        try await expect("personal", .alreadyMember)
        try await expect(issued, .refused(.notLoggedIn(.unknown)))
        let request = JoinRequest(userID: "new", token: issued, roomID: "served-by-new")
        let outcome = try await stage.service(DryRunStore(stage.seam)).join(request)
        stage.expect("the answer to an issued token", outcome, .joined(.serving))
    }

    static let ruleFacts = Case("C3: the host's rules see the whole room") { stage in
        try await stage.store.addMember("second", to: "served")
        let rule = JoinRule { question in
            let room = question.room
            return JoinRule.Refusal(
                code: "\(room.id) \(room.isOpen) \(room.servedBy?.string ?? "-") \(room.departmentID?.string ?? "-") "
                    + "\(room.visitorToken?.value ?? "-") \(room.membersCount)"
            )
        }
        let service = stage.service(rules: [rule])
        for (room, seen) in [("served", "served true agent sales v 1"), ("public", "public true - - - 0")] {
            let outcome = try await service.join(request("agent", room))
            stage.expect("what a rule sees", outcome, .refused(.rule(JoinRule.Refusal(code: seen))))
        }
    }
}
