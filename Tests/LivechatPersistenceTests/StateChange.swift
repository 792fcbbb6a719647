import LivechatJoin
import LivechatPersistence
import Testing

/// A change of the world and what it makes of one user's request.
struct StateChange: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let user: String
    let room: String
    let before: JoinOutcome
    let after: JoinOutcome
    let apply: @Sendable (JoinDatabase) async throws -> Void

    private init(
        _ name: String,
        _ user: String,
        _ room: String,
        _ before: JoinOutcome,
        _ after: JoinOutcome,
        _ apply: @escaping @Sendable (JoinDatabase) async throws -> Void
    ) {
        testDescription = name
        self.user = user
        self.room = room
        self.before = before
        self.after = after
        self.apply = apply
    }

    private static func shut(
        _ name: String,
        _ room: String,
        _ before: RoomAccess,
        _ after: JoinRefusal,
        _ apply: @escaping @Sendable (JoinDatabase) async throws -> Void
    ) -> StateChange {
        StateChange(name, "agent", room, .joined(before), .refused(after), apply)
    }

    /// Changes that shut somebody out who would have joined.
    static let shutting: [StateChange] = [
        shut("token revoked", "served", .serving, .notLoggedIn(.unknown)) {
            _ = try await $0.revokeToken(LivechatToken("raw-agent").digest, of: id("agent"))
        },
        shut("every token revoked", "served", .serving, .notLoggedIn(.unknown)) {
            try await $0.revokeTokens(of: id("agent"))
        },
        shut("token replaced by an expired one", "served", .serving, .notLoggedIn(.expired)) {
            let record = LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0))
            try await $0.addToken(LivechatToken("raw-agent"), for: id("agent"), record)
        },
        shut("life of a login shortened", "served", .serving, .notLoggedIn(.expired)) {
            try await $0.setLoginExpiration(days: 0.5)
        },
        shut("user deactivated", "served", .serving, .notLoggedIn(.inactive)) {
            try await $0.setUser(id("agent"), isActive: false)
        },
        shut("role withdrawn", "served", .serving, .lacksPermission(.notGranted)) {
            try await $0.withdraw(id("livechat-agent"), from: id("agent"))
        },
        shut("grant revoked", "served", .serving, .lacksPermission(.notGranted)) {
            try await $0.revoke(id("view-l-room"), from: id("livechat-agent"))
        },
        shut("restriction added", "served", .serving, .lacksPermission(.restricted(by: id("livechat-agent")))) {
            try await $0.restrict(id("livechat-agent"), to: [id("sing")])
        },
        shut("restricted role assigned", "served", .serving, .lacksPermission(.restricted(by: id("guest")))) {
            try await $0.restrict(id("guest"), to: [id("view-joined-room")])
            try await $0.assign(id("guest"), to: id("agent"))
        },
        shut("room closed", "served", .serving, .roomClosed) { try await $0.setRoom(id("served"), isOpen: false) },
        shut("served by another", "served", .serving, .noAccess) {
            try await $0.setRoom(id("served"), servedBy: id("second"))
        },
        shut("served by nobody", "served", .serving, .noAccess) {
            try await $0.setRoom(id("served"), servedBy: nil)
        },
        shut("inquiry taken", "public", .queuedInPublic, .noAccess) {
            try await $0.setInquiry(of: id("public"), status: "taken")
        },
        shut("inquiry removed", "public", .queuedInPublic, .noAccess) { try await $0.removeInquiry(of: id("public")) },
        shut("inquiry moved to another department", "public", .queuedInPublic, .noAccess) {
            try await $0.queueInquiry(of: id("public"), department: id("others"))
        },
        shut("inquiry meant for another", "mine", .queuedForUser, .noAccess) {
            try await $0.queueInquiry(of: id("mine"), department: id("others"), defaultAgent: id("second"))
        },
        shut("department disabled", "in-sales", .queuedInDepartment, .noAccess) {
            try await $0.setDepartment(id("sales"), isEnabled: false)
        },
        shut("agent taken out of the department", "in-sales", .queuedInDepartment, .noAccess) {
            try await $0.removeAgent(id("agent"), from: id("sales"))
        },
        shut("preview turned off", "public", .queuedInPublic, .noAccess) { try await $0.setPreviewRoom(false) },
        shut("loaded from a fixture", "served", .serving, .lacksPermission(.notGranted)) {
            try await $0.load(fixture: Array(#"{"permissions":[{"id":"view-l-room","roles":["admin"]}]}"#.utf8))
        },
    ]

    /// Changes that let somebody in who was shut out, or let them in by another way.
    static let opening: [StateChange] = [
        StateChange("token added", "new", "served-by-new", .refused(.notLoggedIn(.unknown)), .joined(.serving)) {
            let record = LivechatTokenRecord(kind: .personalAccess, createdAt: LivechatTimestamp(milliseconds: 0))
            try await $0.addToken(LivechatToken("raw-new"), for: id("new"), record)
        },
        StateChange("user activated", "away", "served-by-away", .refused(.notLoggedIn(.inactive)), .joined(.serving)) {
            try await $0.setUser(id("away"), isActive: true)
        },
        StateChange(
            "role assigned",
            "trainee",
            "served-by-trainee",
            .refused(.lacksPermission(.notGranted)),
            .joined(.serving)
        ) {
            try await $0.assign(id("livechat-agent"), to: id("trainee"))
        },
        StateChange(
            "permission granted",
            "trainee",
            "served-by-trainee",
            .refused(.lacksPermission(.notGranted)),
            .joined(.serving)
        ) {
            try await $0.grant(id("view-l-room"), to: id("trainee"))
        },
        StateChange("every room granted", "agent", "unserved", .refused(.noAccess), .joined(.permission)) {
            try await $0.grant(id("view-livechat-rooms"), to: id("livechat-agent"))
        },
        StateChange("manager", "agent", "in-others", .refused(.noAccess), .joined(.queuedForManager)) {
            // Without its grants the role still opens the queue.
            try await $0.revoke(id("view-livechat-rooms"), from: id("livechat-manager"))
            try await $0.assign(id("livechat-manager"), to: id("agent"))
        },
        StateChange("room added", "agent", "made", .refused(.noSuchRoom), .joined(.serving)) {
            try await $0.addRoom(LivechatRoom(id: id("made"), servedBy: id("agent")))
        },
        StateChange("room opened", "agent", "closed", .refused(.roomClosed), .joined(.serving)) {
            try await $0.setRoom(id("closed"), isOpen: true)
        },
        StateChange("served by the user", "agent", "unserved", .refused(.noAccess), .joined(.serving)) {
            try await $0.setRoom(id("unserved"), servedBy: id("agent"))
        },
        StateChange("inquiry queued", "agent", "unserved", .refused(.noAccess), .joined(.queuedInPublic)) {
            try await $0.queueInquiry(of: id("unserved"))
        },
        StateChange("inquiry queued again", "agent", "taken", .refused(.noAccess), .joined(.queuedInPublic)) {
            try await $0.setInquiry(of: id("taken"), status: "queued")
        },
        StateChange("department enabled", "agent", "in-support", .refused(.noAccess), .joined(.queuedInDepartment)) {
            try await $0.setDepartment(id("support"), isEnabled: true)
        },
        StateChange("agent added", "agent", "in-others", .refused(.noAccess), .joined(.queuedInDepartment)) {
            try await $0.addAgent(id("agent"), to: id("others"))
        },
        StateChange("membership ended", "agent", "joined", .alreadyMember, .refused(.noAccess)) {
            _ = try await $0.leave(id("joined"), id("agent"))
        },
    ]
}
