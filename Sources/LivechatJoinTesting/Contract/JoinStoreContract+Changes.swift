package import LivechatJoin

extension JoinStoreContract {
    /// A change of the world and what it makes of one user's request.
    package struct Change: Sendable, CustomStringConvertible {
        package let description: String
        package let user: String
        package let room: String
        package let before: JoinOutcome
        package let after: JoinOutcome
        package let apply: @Sendable (any JoinAdministration) async throws -> Void

        fileprivate init(
            _ name: String,
            _ user: String,
            _ room: String,
            _ before: JoinOutcome,
            _ after: JoinOutcome,
            _ apply: @escaping @Sendable (any JoinAdministration) async throws -> Void
        ) {
            description = name
            self.user = user
            self.room = room
            self.before = before
            self.after = after
            self.apply = apply
        }
    }

    private static func shut(
        _ name: String,
        _ room: String,
        _ before: RoomAccess,
        _ after: JoinRefusal,
        _ apply: @escaping @Sendable (any JoinAdministration) async throws -> Void
    ) -> Change {
        Change(name, "agent", room, .joined(before), .refused(after), apply)
    }

    private static func open(
        _ name: String,
        _ user: String,
        _ room: String,
        _ before: JoinRefusal,
        _ after: RoomAccess,
        _ apply: @escaping @Sendable (any JoinAdministration) async throws -> Void
    ) -> Change {
        Change(name, user, room, .refused(before), .joined(after), apply)
    }

    private static let longAgo = LivechatTokenRecord(createdAt: LivechatTimestamp(milliseconds: 0))

    /// Changes that shut somebody out who would have joined.
    package static let shutting: [Change] = [
        shut("token revoked", "served", .serving, .notLoggedIn(.unknown)) {
            _ = try await $0.revokeToken(LivechatToken("raw-agent").digest, of: "agent")
        },
        shut("every token revoked", "served", .serving, .notLoggedIn(.unknown)) {
            try await $0.revokeTokens(of: "agent")
        },
        shut("token replaced by an expired one", "served", .serving, .notLoggedIn(.expired)) {
            try await $0.addToken("raw-agent", for: "agent", longAgo)
        },
        shut("life of a login shortened", "served", .serving, .notLoggedIn(.expired)) {
            try await $0.setLoginExpiration(days: 0.5)
        },
        shut("user deactivated", "served", .serving, .notLoggedIn(.inactive)) {
            try await $0.setUser("agent", isActive: false)
        },
        shut("role withdrawn", "served", .serving, .lacksPermission(.notGranted)) {
            try await $0.withdraw("livechat-agent", from: "agent")
        },
        shut("grant revoked", "served", .serving, .lacksPermission(.notGranted)) {
            try await $0.revoke("view-l-room", from: ["livechat-agent"])
        },
        shut("restriction added", "served", .serving, .lacksPermission(.restricted(by: "livechat-agent"))) {
            try await $0.restrict("livechat-agent", to: ["sing"])
        },
        shut("restricted role assigned", "served", .serving, .lacksPermission(.restricted(by: "guest"))) {
            try await $0.restrict("guest", to: ["view-joined-room"])
            try await $0.assign("guest", to: "agent")
        },
        shut("room closed", "served", .serving, .roomClosed) { try await $0.closeRoom("served") },
        shut("served by another", "served", .serving, .noAccess()) { try await $0.serve("served", by: "second") },
        shut("served by nobody", "served", .serving, .noAccess()) { try await $0.unserve("served") },
        shut("dequeued", "public", .queuedInPublic, .noAccess()) { try await $0.dequeue("public") },
        shut("queued for another department", "public", .queuedInPublic, .noAccess()) {
            try await $0.queue("public", department: "others")
        },
        shut("queued for another agent", "mine", .queuedForUser, .noAccess()) {
            try await $0.queue("mine", department: "others", defaultAgent: "second")
        },
        shut("department disabled", "in-sales", .queuedInDepartment, .noAccess()) { try await $0.disable("sales") },
        shut("agent removed", "in-sales", .queuedInDepartment, .noAccess()) {
            try await $0.removeAgents(["agent"], from: "sales")
        },
        shut("preview turned off", "public", .queuedInPublic, .noAccess()) { try await $0.setPreviewRoom(false) },
    ]

    /// Changes that let somebody in who was shut out, or let them in by another way.
    package static let opening: [Change] = [
        open("token added", "new", "served-by-new", .notLoggedIn(.unknown), .serving) {
            let record = LivechatTokenRecord(kind: .personalAccess, createdAt: LivechatTimestamp(milliseconds: 0))
            try await $0.addToken("raw-new", for: "new", record)
        },
        open("user activated", "away", "served-by-away", .notLoggedIn(.inactive), .serving) {
            try await $0.setUser("away", isActive: true)
        },
        open("role assigned", "trainee", "served-by-trainee", .lacksPermission(.notGranted), .serving) {
            try await $0.assign("livechat-agent", to: "trainee")
        },
        open("permission granted", "trainee", "served-by-trainee", .lacksPermission(.notGranted), .serving) {
            try await $0.grant("view-l-room", to: ["night", "trainee"])
        },
        open("every room granted", "agent", "unserved", .noAccess(), .permission) {
            try await $0.grant("view-livechat-rooms", to: ["livechat-agent"])
        },
        open("manager", "agent", "in-others", .noAccess(), .queuedForManager) {
            try await $0.revoke("view-livechat-rooms", from: ["livechat-manager"])
            try await $0.assign("livechat-manager", to: "agent")
        },
        open("room added", "agent", "made", .noSuchRoom, .serving) {
            try await $0.addRoom(LivechatRoom(id: "made", servedBy: "agent"))
        },
        open("room added with its inquiry", "agent", "made", .noSuchRoom, .queuedInDepartment) {
            try await $0.addRoom("made", queuedIn: "sales")
        },
        open("room opened", "agent", "closed", .roomClosed, .serving) { try await $0.openRoom("closed") },
        open("served by the user", "agent", "unserved", .noAccess(), .serving) {
            try await $0.serve("unserved", by: "agent")
        },
        open("queued", "agent", "unserved", .noAccess(), .queuedInPublic) { try await $0.queue("unserved") },
        open("queued for everybody", "agent", "in-others", .noAccess(), .queuedInPublic) {
            try await $0.queue("in-others")
        },
        open("department enabled", "agent", "in-support", .noAccess(), .queuedInDepartment) {
            try await $0.enable("support")
        },
        open("agent added", "agent", "in-others", .noAccess(), .queuedInDepartment) {
            try await $0.addAgents(["second", "agent"], to: "others")
        },
        Change("membership added", "agent", "unserved", .refused(.noAccess()), .alreadyMember) {
            try await $0.addMember("agent", to: "unserved")
        },
        Change("membership ended", "agent", "joined", .alreadyMember, .refused(.noAccess())) {
            _ = try await $0.leave("joined", "agent")
        },
    ]

    static let freshness = (shutting + opening).map { change in
        Case("C5: the next request sees a change: \(change)") { stage in
            for _ in 0..<2 { stage.expect("before", try await stage.ask(change.user, change.room), change.before) }
            try await change.apply(stage.store)
            for _ in 0..<2 { stage.expect("after", try await stage.ask(change.user, change.room), change.after) }
        }
    }

    static let between =
        shutting.map { change in
            Case("C7: nobody joins after a change between the two evaluations: \(change)") { stage in
                // The writer has resolved what there is to resolve, so that there is something stale to serve.
                _ = try await stage.join("second", "public")
                try await stage.store.leave("public", "second")
                let store = InterposedJoinStore(stage.seam) { _ in try await change.apply(stage.store) }
                let outcome = try await stage.join(change.user, change.room, through: store)
                stage.expect("the answer", outcome, change.after)
                try await stage.expectNothingWritten(butEvents: [("second", "public")])
            }
        } + [
            Case("C7: a token that expires between the two evaluations joins nobody") { stage in
                stage.clock.set(LivechatTimestamp(milliseconds: yesterday.milliseconds + 90 * 86_400_000 - 1))
                let store = InterposedJoinStore(stage.seam) { _ in stage.clock.advance(by: .milliseconds(1)) }
                let outcome = try await stage.join("agent", "served", through: store)
                stage.expect("the answer", outcome, .refused(.notLoggedIn(.expired)))
                try await stage.expectNothingWritten()
            },
            Case("C7: the reason and the time are those of the second evaluation") { stage in
                let store = InterposedJoinStore(stage.seam) { _ in
                    stage.clock.advance(by: .seconds(1))
                    try await stage.store.grant("view-livechat-rooms", to: ["livechat-agent"])
                }
                let outcome = try await stage.join("agent", "served", through: store)
                stage.expect("the answer", outcome, .joined(.permission))
                let times = try await stage.store.events(after: 0, kinds: [.joined]).map(\.at)
                stage.expect("the times of the events", times, [stage.clock.now])
            },
            Case("C7: a join between the two evaluations of another is the only one") { stage in
                let store = InterposedJoinStore(stage.seam) { _ in
                    stage.expect("the first", try await stage.join("agent", "served"), .joined(.serving))
                }
                stage.expect("the second", try await stage.join("agent", "served", through: store), .alreadyMember)
                try await stage.expectMembers(["agent"], of: "served")
                try await stage.expectEvents([("agent", "served")])
            },
        ]
}
