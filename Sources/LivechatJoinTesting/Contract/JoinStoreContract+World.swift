package import LivechatJoin

extension JoinStoreContract {
    /// The clock of the cases: a day after the tokens were made.
    package static func clock() -> SettableClock { SettableClock(LivechatTimestamp(milliseconds: 1_767_312_000_000)) }

    /// When the tokens of the world were made.
    static let yesterday = LivechatTimestamp(milliseconds: 1_767_225_600_000)

    /// Asks for a room with a user's own token.
    package static func request(_ user: String, _ room: String) -> JoinRequest {
        JoinRequest(userID: user, token: "raw-\(user)", roomID: room)
    }

    /// The rooms of the world that a case can join.
    static let rooms: [LivechatRoomID] = [
        "served", "unserved", "served-by-trainee", "served-by-away", "served-by-new", "mine", "in-sales", "in-support",
        "in-others", "public", "closed", "closed-by-trainee", "closed-unserved", "joined",
    ]

    /// Fills a store with rooms that have every way in and every reason to be kept out.
    ///
    /// A user's token is "raw-" and the user's id.
    package static func furnish(_ store: any Store) async throws {
        try await store.setPreviewRoom(true)
        let permissions: [LivechatPermissionID] = [
            "view-l-room", "view-livechat-rooms", "view-livechat-room-closed-by-another-agent",
            "view-livechat-room-closed-same-department", "view-joined-room", "sing", "idle-talk",
        ]
        for permission in permissions { try await store.addPermission(permission) }
        let roles: [LivechatRole] = [
            "livechat-agent", "livechat-manager", "guest", "leader", "owner", "trainee", "night",
        ]
        for role in roles { try await store.addRole(role) }
        try await store.grant("view-l-room", to: ["livechat-agent", "livechat-manager"])
        try await store.grant("view-livechat-rooms", to: ["livechat-manager"])
        try await store.grant("idle-talk", to: ["night"])

        for user: LivechatUser in ["agent", "second", "new"] {
            try await store.addUser(user, roles: ["livechat-agent"])
        }
        try await store.addUser(LivechatUser(id: "away", isActive: false), roles: ["livechat-agent"])
        try await store.addUser("trainee", roles: ["trainee"])
        for user: LivechatUserID in ["agent", "second", "trainee", "away"] {
            let token = LivechatToken("raw-\(user)")
            try await store.addToken(token, for: user, LivechatTokenRecord(createdAt: yesterday))
        }

        try await store.addDepartment("sales", agents: ["agent"])
        try await store.addDepartment("support", isEnabled: false, agents: ["agent"])
        try await store.addDepartment("others")
        try await store.addRoom(
            LivechatRoom(
                id: "served",
                servedBy: "agent",
                departmentID: "sales",
                visitorToken: LivechatVisitorToken("v")
            )
        )
        for user: LivechatUserID in ["trainee", "away", "new"] {
            let room = LivechatRoomID(stringLiteral: "served-by-\(user)")
            try await store.addRoom(LivechatRoom(id: room, servedBy: user))
        }
        for room: LivechatRoom in ["unserved", "mine", "in-sales", "in-support", "in-others", "public", "joined"] {
            try await store.addRoom(room)
        }
        try await store.queue("mine", department: "others", defaultAgent: "agent")
        try await store.queue("in-sales", department: "sales")
        try await store.queue("in-support", department: "support")
        try await store.queue("in-others", department: "others")
        try await store.queue("public")
        try await store.addRoom(LivechatRoom(id: "closed", isOpen: false, servedBy: "agent"))
        try await store.addRoom(LivechatRoom(id: "closed-by-trainee", isOpen: false, servedBy: "trainee"))
        try await store.addRoom(LivechatRoom(id: "closed-unserved", isOpen: false))
        try await store.addRoom(LivechatRoom(id: "direct", servedBy: "agent"), kind: "d")
        try await store.addMember("agent", to: "joined")
        try await store.assign("owner", to: "agent", in: "joined")
    }
}
