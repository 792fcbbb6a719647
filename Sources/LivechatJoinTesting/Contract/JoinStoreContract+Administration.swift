package import LivechatJoin

extension JoinStoreContract {
    /// A call that cannot be done, and what is said of it.
    package struct Mistake: Sendable, CustomStringConvertible {
        /// The message of the stores of this package.
        package let description: String
        package let code: LivechatStoreError.Code
        package let run: @Sendable (any JoinAdministration) async throws -> Void

        fileprivate init(
            _ code: LivechatStoreError.Code,
            _ message: String,
            _ run: @escaping @Sendable (any JoinAdministration) async throws -> Void
        ) {
            description = message
            self.code = code
            self.run = run
        }
    }

    private static let noUser = #"there is no user "x""#
    private static let noRoom = #"there is no room "x""#
    private static let noRole = #"there is no role "x""#
    private static let noPermission = #"there is no permission "x""#
    private static let noDepartment = #"there is no department "x""#
    private static let record = LivechatTokenRecord(createdAt: yesterday)

    /// Calls that name what does not exist, or add what does.
    package static let mistakes: [Mistake] = [
        Mistake(.alreadyExists, #"there is a user "agent" already"#) { try await $0.addUser("agent") },
        Mistake(.notFound, noRole) { try await $0.addUser("y", roles: ["night", "x"]) },
        Mistake(.notFound, noUser) { try await $0.setUser("x", isActive: true) },
        Mistake(.notFound, noUser) { try await $0.setUser("x", username: "y") },
        Mistake(.notFound, noRole) { try await $0.assign("x", to: "agent") },
        Mistake(.notFound, noUser) { try await $0.assign("night", to: "x") },
        Mistake(.notFound, noRoom) { try await $0.assign("night", to: "agent", in: "x") },
        Mistake(.notFound, #"user "second" is not a member of room "joined""#) {
            try await $0.assign("night", to: "second", in: "joined")
        },
        Mistake(.notFound, noRole) { try await $0.withdraw("x", from: "agent") },
        Mistake(.notFound, noUser) { try await $0.withdraw("night", from: "x") },
        Mistake(.notFound, noRoom) { try await $0.withdraw("night", from: "agent", in: "x") },
        Mistake(.notFound, noUser) { _ = try await $0.issueToken(for: "x") },
        Mistake(.notFound, noUser) { try await $0.addToken("t", for: "x", record) },
        Mistake(.notFound, noUser) { try await $0.revokeToken(LivechatToken("t").digest, of: "x") },
        Mistake(.notFound, noUser) { try await $0.revokeTokens(of: "x") },
        Mistake(.alreadyExists, #"there is a role "night" already"#) { try await $0.addRole("night") },
        Mistake(.notFound, noPermission) {
            try await $0.addRole(LivechatRole(id: "y", restrictedTo: ["sing", "x"]))
        },
        Mistake(.notFound, noRole) { try await $0.setRole("x", scope: .subscriptions) },
        Mistake(.notFound, noRole) { try await $0.setRole("x", description: "y") },
        Mistake(.notFound, noRole) { try await $0.restrict("x", to: []) },
        Mistake(.notFound, noPermission) { try await $0.restrict("night", to: ["sing", "x"]) },
        Mistake(.alreadyExists, #"there is a permission "sing" already"#) { try await $0.addPermission("sing") },
        Mistake(.alreadyExists, #"there is a permission "sing" already"#) {
            try await $0.addPermission("sing", grantedTo: ["trainee"])
        },
        Mistake(.notFound, noRole) { try await $0.addPermission("y", grantedTo: ["night", "x"]) },
        Mistake(.notFound, noPermission) { try await $0.grant("x", to: ["night"]) },
        Mistake(.notFound, noRole) { try await $0.grant("view-l-room", to: ["trainee", "x"]) },
        Mistake(.notFound, noPermission) { try await $0.revoke("x", from: ["night"]) },
        Mistake(.notFound, noRole) { try await $0.revoke("view-l-room", from: ["livechat-agent", "x"]) },
        Mistake(.alreadyExists, #"there is a department "sales" already"#) { try await $0.addDepartment("sales") },
        Mistake(.notFound, noUser) { try await $0.addDepartment("y", agents: ["agent", "x"]) },
        Mistake(.notFound, noDepartment) { try await $0.enable("x") },
        Mistake(.notFound, noDepartment) { try await $0.disable("x") },
        Mistake(.notFound, noDepartment) { try await $0.addAgents(["agent"], to: "x") },
        Mistake(.notFound, noUser) { try await $0.addAgents(["agent", "x"], to: "others") },
        Mistake(.notFound, noDepartment) { try await $0.removeAgents(["agent"], from: "x") },
        Mistake(.notFound, noUser) { try await $0.removeAgents(["agent", "x"], from: "sales") },
        Mistake(.alreadyExists, #"there is a room "served" already"#) { try await $0.addRoom("served") },
        Mistake(.notFound, noUser) { try await $0.addRoom(LivechatRoom(id: "y", servedBy: "x")) },
        Mistake(.notFound, noDepartment) { try await $0.addRoom(LivechatRoom(id: "y", departmentID: "x")) },
        Mistake(.alreadyExists, #"there is a room "served" already"#) { try await $0.addRoom("served", queuedIn: nil) },
        Mistake(.notFound, noDepartment) { try await $0.addRoom("y", queuedIn: "x") },
        Mistake(.notFound, noUser) { try await $0.addRoom("y", queuedIn: nil, defaultAgent: "x") },
        Mistake(.notFound, noRoom) { try await $0.openRoom("x") },
        Mistake(.notFound, noRoom) { try await $0.closeRoom("x") },
        Mistake(.notFound, noRoom) { try await $0.serve("x", by: "agent") },
        Mistake(.notFound, noUser) { try await $0.serve("served", by: "x") },
        Mistake(.notFound, noRoom) { try await $0.unserve("x") },
        Mistake(.notFound, noRoom) { try await $0.setRoom("x", department: nil) },
        Mistake(.notFound, noDepartment) { try await $0.setRoom("served", department: "x") },
        Mistake(.notFound, noRoom) { try await $0.queue("x") },
        Mistake(.notFound, noDepartment) { try await $0.queue("unserved", department: "x") },
        Mistake(.notFound, noUser) { try await $0.queue("unserved", department: nil, defaultAgent: "x") },
        Mistake(.notFound, noRoom) { try await $0.dequeue("x") },
        Mistake(.notFound, noUser) { try await $0.addMember("x", to: "served") },
        Mistake(.notFound, noRoom) { try await $0.addMember("agent", to: "x") },
        Mistake(.notFound, noRoom) { try await $0.leave("x", "agent") },
        Mistake(.notFound, noUser) { try await $0.leave("joined", "x") },
        Mistake(.notFound, noUser) { try await $0.removeUser("x") },
        Mistake(.notFound, noRole) { try await $0.removeRole("x") },
        Mistake(.notFound, noPermission) { try await $0.removePermission("x") },
        Mistake(.notFound, noDepartment) { try await $0.removeDepartment("x") },
        Mistake(.notFound, noRoom) { try await $0.removeRoom("x") },
        Mistake(
            .inUse,
            #"the department "others" is not removed: 2 rooms or their inquiries belong to it; move them first"#
        ) { try await $0.removeDepartment("others") },
        Mistake(.notFound, #"there is no user "a\"b\u0001""#) { try await $0.revokeTokens(of: "a\"b\u{1}") },
    ]

    static let administration: [Case] = [
        Case("C15: a call that cannot be done says why, and nothing of it is kept") { stage in
            let store = stage.store
            let end = try await store.endOfEvents()
            for mistake in mistakes {
                do {
                    try await mistake.run(store)
                    stage.expect("the error", "none", mistake.description)
                } catch let error as LivechatStoreError {
                    stage.expect("the code of: \(mistake)", error.code, mistake.code)
                }
            }
            try await stage.expectNothingWritten()
            stage.expect("the end of the log", try await store.endOfEvents(), end)
            stage.expect("a user who was not added", try await store.user("y")?.id, nil)
            stage.expect("a room that was not added", try await store.room("y")?.id, nil)
            try await store.addUser("y")
            try await store.addRole("y")
            try await store.addDepartment("y")
            try await store.addRoom("y")
            try await store.addPermission("y")
            let rows: [(String, String, JoinOutcome)] = [
                ("agent", "served", .joined(.serving)), ("agent", "in-sales", .joined(.queuedInDepartment)),
                ("agent", "in-others", .refused(.noAccess())), ("agent", "unserved", .refused(.noAccess())),
                ("trainee", "served-by-trainee", .refused(.lacksPermission(.notGranted))),
            ]
            for (user, room, expected) in rows {
                stage.expect("\(user) in \(room) afterwards", try await stage.ask(user, room), expected)
            }
        },
        Case("C15: a call that finds everything as it should be changes nothing") { stage in
            let store = stage.store
            let members = try await store.members(of: "joined")
            let end = try await store.endOfEvents()
            try await repeatCalls(store)
            stage.expect("the members", try await store.members(of: "joined"), members)
            stage.expect("the end of the log", try await store.endOfEvents(), end)
            let digest = LivechatToken("raw-second").digest
            stage.expect("another user's token", try await store.revokeToken(digest, of: "agent"), false)
            try await stage.expectNothingWritten()
            let rows: [(String, String, JoinOutcome)] = [
                ("agent", "served", .joined(.serving)), ("agent", "in-sales", .joined(.queuedInDepartment)),
                ("agent", "mine", .joined(.queuedForUser)), ("agent", "in-support", .refused(.noAccess())),
                ("second", "public", .joined(.queuedInPublic)), ("agent", "closed", .refused(.roomClosed)),
            ]
            for (user, room, expected) in rows {
                stage.expect("\(user) in \(room)", try await stage.ask(user, room), expected)
            }
        },
        Case("C15: what was set is found") { stage in
            let store = stage.store
            try await store.addUser(LivechatUser(id: "x", username: "xan", isActive: false))
            try await store.setUser("agent", username: "ann")
            try await store.setRole("owner", scope: .subscriptions)
            try await store.setRole("owner", description: "owns")
            for (id, name, isActive) in [("x", "xan", false), ("agent", "ann", true)] {
                let user = try await store.user(LivechatUserID(id))
                stage.expect("the name of \(id)", user?.username, name)
                stage.expect("whether \(id) is active", user?.isActive, isActive)
            }
            stage.expect("ensured", try await store.ensureUser(LivechatUser(id: "agent", isActive: false)), false)
            stage.expect("ensured", try await store.ensureUser("z", roles: ["night"]), true)
            stage.expect("the role of an ensured user", try await store.roles(of: "z"), ["night"])
            stage.expect("ensured", try await store.ensureRoom("served"), false)
            for isFirst in [true, false] {
                stage.expect("ensured", try await store.ensureRoom("z"), isFirst)
                stage.expect("ensured", try await store.ensureRole("z"), isFirst)
                stage.expect("ensured", try await store.ensurePermission("z", grantedTo: ["night"]), isFirst)
                let granted = try await store.permissions(.all).first { $0.id == "z" }?.roles
                stage.expect("the grant of what was ensured", granted, isFirst ? ["night"] : [])
                try await store.revoke("z", from: ["night"])
                stage.expect("ensured", try await store.ensureDepartment("z"), isFirst)
            }
            stage.expect("whether agent is active still", try await store.user("agent")?.isActive, true)
            try await store.setUser("agent", username: nil)
            stage.expect("a name that was taken away", try await store.user("agent")?.username, nil)
            stage.expect("nobody", try await store.user("nobody")?.id, nil)
            try await store.setRoom("served", department: "others")
            let room = try await store.room("served")
            stage.expect("the department", room?.departmentID, "others")
            stage.expect("the visitor's token", room?.visitorToken?.value, "v")
            stage.expect("a room of another kind", try await store.room("direct")?.id, nil)
            stage.expect("no room", try await store.room("nowhere")?.id, nil)
            stage.expect("the members of no room", try await store.members(of: "nowhere"), [])
            let member = try await store.members(of: "joined").first
            stage.expect("the roles of a member", member?.roles, ["owner"])
        },
    ]

    /// Calls that find everything in the world as it should be.
    package static func repeatCalls(_ store: any JoinAdministration) async throws {
        try await store.setUser("agent", isActive: true)
        try await store.assign("livechat-agent", to: "agent")
        try await store.assign("owner", to: "agent", in: "joined")
        try await store.withdraw("night", from: "agent")
        try await store.withdraw("owner", from: "second", in: "joined")
        try await store.grant("view-l-room", to: ["livechat-agent"])
        try await store.revoke("sing", from: ["night"])
        try await store.enable("sales")
        try await store.disable("support")
        try await store.addAgents(["agent"], to: "sales")
        try await store.removeAgents(["second"], from: "sales")
        try await store.openRoom("served")
        try await store.closeRoom("closed")
        try await store.serve("served", by: "agent")
        try await store.unserve("unserved")
        try await store.dequeue("unserved")
        try await store.queue("mine", department: "others", defaultAgent: "agent")
        try await store.addMember("agent", to: "joined")
        try await store.setUser("second", username: nil)
        try await store.setUser("second") { _ in }
        try await store.setRole("night", scope: .users)
        try await store.setRole("night", description: nil)
        try await store.unrestrict("night")
        try await store.addToken("raw-second", for: "second", LivechatTokenRecord(createdAt: yesterday))
        _ = try await store.revokeToken(LivechatToken("raw-second").digest, of: "agent")
        try await store.revokeTokens(of: "new")
        try await store.setRoom("served", department: "sales")
        try await store.leave("joined", "second")
        try await store.pruneEvents(before: 1)
        try await store.setPreviewRoom(true)
        try await store.setLoginExpiration(days: nil)
    }
}
