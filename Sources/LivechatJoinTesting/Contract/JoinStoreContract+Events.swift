package import LivechatJoin

extension JoinStoreContract {
    /// A call and the events that it writes: the kind of each, and its own keys as they stand in its line.
    package struct Deed: Sendable, CustomStringConvertible {
        package let description: String
        package let events: [(kind: String, keys: String)]
        package let run: @Sendable (any JoinAdministration) async throws -> Void

        fileprivate init(
            _ name: String,
            _ events: [(kind: String, keys: String)],
            _ run: @escaping @Sendable (any JoinAdministration) async throws -> Void
        ) {
            description = name
            self.events = events
            self.run = run
        }
    }

    private static let digest = LivechatToken("raw-second").digest
    private static let expiring = LivechatTokenRecord(
        kind: .personalAccess,
        createdAt: yesterday,
        expiresAt: LivechatTimestamp(milliseconds: 1_767_398_400_000)
    )

    /// Every call that changes something.
    package static let deeds: [Deed] = [
        Deed(
            "addUser",
            [
                ("userAdded", #""userId":"x","active":false,"username":"x\"an""#),
                ("roleAssigned", #""userId":"x","roleId":"trainee""#),
                ("roleAssigned", #""userId":"x","roleId":"night""#),
            ]
        ) {
            let user = LivechatUser(id: "x", username: #"x"an"#, isActive: false)
            try await $0.addUser(user, roles: ["trainee", "night", "trainee"])
        },
        Deed("addUser without a name", [("userAdded", #""userId":"x","active":true"#)]) { try await $0.addUser("x") },
        Deed("setUser isActive", [("userDeactivated", #""userId":"agent""#)]) {
            try await $0.setUser("agent", isActive: false)
        },
        Deed("setUser username", [("usernameSet", #""userId":"agent","username":"ann""#)]) {
            try await $0.setUser("agent", username: "ann")
        },
        Deed(
            "setUser both",
            [("userActivated", #""userId":"away""#), ("usernameSet", #""userId":"away","username":"e\#u{301}""#)]
        ) {
            try await $0.setUser("away") {
                $0.isActive = true
                $0.username = "e\u{301}"
            }
        },
        Deed(
            "setUser to a name that only looks the same, and to none",
            [
                ("usernameSet", #""userId":"agent","username":"\#u{e9}""#),
                ("usernameSet", #""userId":"agent","username":"e\#u{301}""#), ("usernameSet", #""userId":"agent""#),
            ]
        ) {
            for name in ["\u{e9}", "e\u{301}", nil] { try await $0.setUser("agent", username: name) }
        },
        Deed("removeUser", [("userRemoved", #""userId":"agent""#)]) { try await $0.removeUser("agent") },
        Deed("assign", [("roleAssigned", #""userId":"agent","roleId":"night""#)]) {
            try await $0.assign("night", to: "agent")
        },
        Deed("assign in a room", [("roleAssigned", #""roomId":"joined","userId":"agent","roleId":"night""#)]) {
            try await $0.assign("night", to: "agent", in: "joined")
        },
        Deed("withdraw", [("roleWithdrawn", #""userId":"agent","roleId":"livechat-agent""#)]) {
            try await $0.withdraw("livechat-agent", from: "agent")
        },
        Deed("withdraw in a room", [("roleWithdrawn", #""roomId":"joined","userId":"agent","roleId":"owner""#)]) {
            try await $0.withdraw("owner", from: "agent", in: "joined")
        },
        Deed(
            "addToken",
            [
                (
                    "tokenIssued",
                    #""userId":"new","createdAt":"2026-01-01T00:00:00.000Z","digest":"\#(digest.base64)","#
                        + #""tokenKind":"login""#
                )
            ]
        ) { try await $0.addToken("raw-second", for: "new", LivechatTokenRecord(createdAt: yesterday)) },
        Deed(
            "addToken in place of the same",
            [
                (
                    "tokenIssued",
                    #""userId":"second","createdAt":"2026-01-01T00:00:00.000Z","digest":"\#(digest.base64)","#
                        + #""expiresAt":"2026-01-03T00:00:00.000Z","tokenKind":"personalAccess""#
                )
            ]
        ) { try await $0.addToken("raw-second", for: "second", expiring) },
        Deed("revokeToken", [("tokenRevoked", #""userId":"second","digest":"\#(digest.base64)""#)]) {
            _ = try await $0.revokeToken(digest, of: "second")
        },
        Deed("revokeTokens", [("tokensRevoked", #""userId":"second","tokens":1"#)]) {
            try await $0.revokeTokens(of: "second")
        },
        Deed(
            "addRole",
            [
                ("roleAdded", #""description":"d","roleId":"x","scope":"Subscriptions""#),
                ("roleRestricted", #""permissions":["idle-talk","sing"],"roleId":"x""#),
            ]
        ) {
            let permissions: Set<LivechatPermissionID> = ["sing", "idle-talk"]
            let role = LivechatRole(id: "x", scope: .subscriptions, description: "d", restrictedTo: permissions)
            try await $0.addRole(role)
        },
        Deed(
            "setRole",
            [
                ("roleScopeSet", #""roleId":"night","scope":"Subscriptions""#),
                ("roleDescriptionSet", #""description":"d","roleId":"night""#),
                ("roleRestricted", #""permissions":["sing"],"roleId":"night""#),
                ("roleDescriptionSet", #""roleId":"night""#),
            ]
        ) {
            try await $0.setRole("night") {
                $0.scope = .subscriptions
                $0.description = "d"
                $0.restrictedTo = ["sing"]
            }
            try await $0.setRole("night", description: nil)
        },
        Deed(
            "restrict, and unrestrict",
            [
                ("roleRestricted", #""permissions":["idle-talk","sing"],"roleId":"night""#),
                ("roleRestricted", #""permissions":["sing"],"roleId":"night""#),
                ("roleUnrestricted", #""roleId":"night""#),
            ]
        ) {
            for permissions: Set<LivechatPermissionID> in [["sing", "idle-talk"], ["sing"], ["sing"]] {
                try await $0.restrict("night", to: permissions)
            }
            try await $0.unrestrict("night")
        },
        Deed("removeRole", [("roleRemoved", #""roleId":"night""#)]) { try await $0.removeRole("night") },
        Deed("addPermission", [("permissionAdded", #""permissionId":"x""#)]) { try await $0.addPermission("x") },
        Deed(
            "addPermission granted",
            [
                ("permissionAdded", #""permissionId":"x""#),
                ("permissionGranted", #""permissionId":"x","roleId":"night""#),
            ]
        ) { try await $0.addPermission("x", grantedTo: ["night", "night"]) },
        Deed(
            "grant",
            [
                ("permissionGranted", #""permissionId":"sing","roleId":"trainee""#),
                ("permissionGranted", #""permissionId":"sing","roleId":"night""#),
            ]
        ) { try await $0.grant("sing", to: ["trainee", "night", "night"]) },
        Deed("revoke", [("permissionRevoked", #""permissionId":"idle-talk","roleId":"night""#)]) {
            try await $0.revoke("idle-talk", from: ["trainee", "night"])
        },
        Deed("removePermission", [("permissionRemoved", #""permissionId":"sing""#)]) {
            try await $0.removePermission("sing")
        },
        Deed(
            "addDepartment",
            [
                ("departmentAdded", #""departmentId":"x","enabled":false"#),
                ("agentAdded", #""userId":"second","departmentId":"x""#),
                ("agentAdded", #""userId":"agent","departmentId":"x""#),
            ]
        ) { try await $0.addDepartment("x", isEnabled: false, agents: ["second", "agent"]) },
        Deed("enable", [("departmentEnabled", #""departmentId":"support""#)]) { try await $0.enable("support") },
        Deed("disable", [("departmentDisabled", #""departmentId":"sales""#)]) { try await $0.disable("sales") },
        Deed("addAgents", [("agentAdded", #""userId":"second","departmentId":"sales""#)]) {
            try await $0.addAgents(["agent", "second"], to: "sales")
        },
        Deed("removeAgents", [("agentRemoved", #""userId":"agent","departmentId":"sales""#)]) {
            try await $0.removeAgents(["second", "agent"], from: "sales")
        },
        Deed(
            "removeDepartment",
            [("departmentAdded", #""departmentId":"x","enabled":true"#), ("departmentRemoved", #""departmentId":"x""#)]
        ) {
            try await $0.addDepartment("x")
            try await $0.removeDepartment("x")
        },
        Deed(
            "addRoom",
            [
                ("roomAdded", #""roomId":"x","open":false,"roomKind":"l""#),
                ("roomServed", #""roomId":"x","userId":"agent""#),
                ("roomDepartmentSet", #""roomId":"x","departmentId":"sales""#),
            ]
        ) { try await $0.addRoom(LivechatRoom(id: "x", isOpen: false, servedBy: "agent", departmentID: "sales")) },
        Deed(
            "addRoom queued",
            [
                ("roomAdded", #""roomId":"x","open":true,"roomKind":"l""#),
                ("roomQueued", #""roomId":"x","userId":"second","departmentId":"sales""#),
            ]
        ) { try await $0.addRoom("x", queuedIn: "sales", defaultAgent: "second") },
        Deed("addRoom of another kind", [("roomAdded", #""roomId":"x","open":true,"roomKind":"d""#)]) {
            try await $0.addRoom("x", kind: "d")
        },
        Deed("openRoom", [("roomOpened", #""roomId":"closed""#)]) { try await $0.openRoom("closed") },
        Deed("closeRoom", [("roomClosed", #""roomId":"served""#)]) { try await $0.closeRoom("served") },
        Deed("serve", [("roomServed", #""roomId":"served","userId":"second""#)]) {
            try await $0.serve("served", by: "second")
        },
        Deed("unserve", [("roomUnserved", #""roomId":"served""#)]) { try await $0.unserve("served") },
        Deed(
            "setRoom department",
            [
                ("roomDepartmentSet", #""roomId":"served","departmentId":"others""#),
                ("roomDepartmentSet", #""roomId":"served""#),
            ]
        ) {
            try await $0.setRoom("served", department: "others")
            try await $0.setRoom("served", department: nil)
        },
        Deed(
            "queue",
            [
                ("roomQueued", #""roomId":"unserved","userId":"second","departmentId":"sales""#),
                ("roomQueued", #""roomId":"unserved""#),
            ]
        ) {
            try await $0.queue("unserved", department: "sales", defaultAgent: "second")
            try await $0.queue("unserved")
        },
        Deed("dequeue", [("roomDequeued", #""roomId":"public""#)]) { try await $0.dequeue("public") },
        Deed("addMember", [("memberAdded", #""roomId":"served","userId":"agent""#)]) {
            try await $0.addMember("agent", to: "served")
        },
        Deed("leave", [("memberLeft", #""roomId":"joined","userId":"agent""#)]) {
            _ = try await $0.leave("joined", "agent")
        },
        Deed("removeRoom", [("roomRemoved", #""roomId":"direct""#)]) { try await $0.removeRoom("direct") },
        Deed("setPreviewRoom", [("previewRoomSet", #""on":false"#)]) { try await $0.setPreviewRoom(false) },
        Deed(
            "setLoginExpiration",
            [("loginExpirationSet", #""days":1.5"#), ("loginExpirationSet", #""days":30"#), ("loginExpirationSet", "")]
        ) { for days in [1.5, 30, .infinity, nil] { try await $0.setLoginExpiration(days: days) } },
        Deed("pruneEvents", [("eventsPruned", #""before":4,"events":3"#)]) {
            try await $0.pruneEvents(before: 4)
            try await $0.pruneEvents(before: 4)
        },
    ]

    private static let writing = deeds.map { deed in
        Case("C15: a change and its events are one: \(deed)") { stage in
            let start = try await stage.store.endOfEvents()
            try await JoinActor("mia").perform { try await deed.run(stage.store) }
            let events = try await stage.store.events(after: start)
            stage.expect("how many events", events.count, deed.events.count)
            for (index, (event, expected)) in zip(events, deed.events).enumerated() {
                let beginning = #"{"seq":\#(start.sequence + Int64(index) + 1),"kind":"\#(expected.kind)","#
                let keys = (expected.keys.isEmpty ? "" : expected.keys + ",") + #""by":"mia","#
                let end = #""at":"\#(event.at.rfc3339)",\#(keys)"log":"\#(start.log ?? "")"}"#
                stage.expect("the line of an event", Array(event.json.utf8), Array((beginning + end).utf8))
            }
        }
    }

    package static let events: [Case] =
        writing + [
            Case("C15: an event tells of no token, and of nobody who was not named") { stage in
                let start = try await stage.store.endOfEvents()
                let issued = try await stage.store.issueToken(for: "new")
                let lines = try await stage.store.events(after: start).map(\.json)
                stage.expect("how many events", lines.count, 1)
                stage.expect("the digest", lines.first?.contains(issued.token.digest.base64), true)
                stage.expect("who acted", lines.first?.contains(#""by""#), false)
                stage.expect("the token", lines.first?.contains(issued.reveal()), false)
            },
            Case("C15: a change that is not kept has no event") { stage in
                let store = stage.store
                let start = try await store.endOfEvents()
                for roles: [LivechatRoleID] in [["night", "x"], ["x", "night"]] {
                    do throws(LivechatStoreError) {
                        try await store.grant("view-l-room", to: roles)
                        stage.expect("the error", "none", "notFound")
                    } catch {
                        stage.expect("the error", error.code, .notFound)
                    }
                }
                stage.expect("the end of the log", try await store.endOfEvents(), start)
            },
            Case("C11: a reader of some kinds gets those, and a place behind the others") { stage in
                let store = stage.store
                let start = try await store.endOfEvents()
                for room: LivechatRoomID in ["served", "public", "mine"] {
                    try await store.closeRoom(room)
                    try await store.openRoom(room)
                }
                let end = try await store.endOfEvents()
                let rows: [(kinds: Set<JoinEvent.Kind>?, limit: Int, expected: [Int64], next: Int64)] = [
                    ([.roomClosed], 10, [1, 3, 5], 6), ([.roomClosed], 3, [1, 3, 5], 5), ([.roomOpened], 1, [2], 2),
                    ([.roomClosed, .roomOpened], 4, [1, 2, 3, 4], 4), ([.joined], 1, [], 6), ([], 1, [], 6),
                    (nil, 2, [1, 2], 2), ([JoinEvent.Kind(rawValue: #"a "kind" of a host's"#)], 9, [], 6),
                ]
                for row in rows {
                    let page = try await store.eventPage(after: start, limit: row.limit, kinds: row.kinds)
                    let sequences = page.events.map { $0.sequence - start.sequence }
                    stage.expect(
                        "at most \(row.limit) of \(row.kinds?.map(\.rawValue) ?? ["all"])",
                        sequences,
                        row.expected
                    )
                    let next = JoinEvent.Cursor(log: end.log, sequence: start.sequence + row.next)
                    stage.expect("where to read on", page.next, next)
                }
                let others = try await store.eventPage(after: start, limit: 1, kinds: [.joined]).next
                try await store.pruneEvents(before: JoinEvent.Cursor(sequence: end.sequence + 1))
                stage.expect("none after the pruning", try await store.events(after: others, kinds: [.joined]), [])
                stage.expect("none behind the end", try await store.events(after: end, kinds: [.roomClosed]), [])
            },
            Case("C11: what was pruned is gone, and a cursor behind it is an error") { stage in
                let store = stage.store
                let end = try await store.endOfEvents()
                for cursor in [
                    JoinEvent.Cursor(sequence: end.sequence + 2), JoinEvent.Cursor(log: "another", sequence: 1),
                ] {
                    do throws(LivechatStoreError) {
                        stage.expect("pruned before \(cursor)", try await store.pruneEvents(before: cursor), -1)
                    } catch {
                        stage.expect("the error", error.code, .invalidCursor)
                    }
                }
                stage.expect("the end after an error", try await store.endOfEvents(), end)
                stage.expect("pruned before -7", try await store.pruneEvents(before: JoinEvent.Cursor(sequence: -7)), 0)
                stage.expect("pruned", try await store.pruneEvents(before: 4), 3)
                stage.expect("the first event", try await store.events(after: 0, limit: 1).map(\.sequence), [4])
                stage.expect("after the last that is gone", try await store.events(after: 3, limit: 1).count, 1)
                for cursor in [JoinEvent.Cursor(sequence: 2), JoinEvent.Cursor(log: end.log, sequence: 0)] {
                    do throws(LivechatStoreError) {
                        stage.expect("events after \(cursor)", try await store.events(after: cursor).count, -1)
                    } catch {
                        stage.expect("the error", error.code, .invalidCursor)
                    }
                }
                let next = JoinEvent.Cursor(log: end.log, sequence: end.sequence + 2)
                stage.expect("all", try await store.pruneEvents(before: next), Int(end.sequence) - 2)
                let kept = try await store.events(after: 0)
                stage.expect("what is left", kept.map(\.kind), [.eventsPruned])
                stage.expect("its sequence", kept.map(\.sequence), [end.sequence + 2])
            },
        ]
}
