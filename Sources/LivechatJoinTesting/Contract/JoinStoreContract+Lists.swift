internal import LivechatJoin

extension JoinStoreContract {
    /// Ids in the order of their bytes: capitals before small letters, and an accent in two ways.
    static let caseIDs = ["-", "A", "Z", "_", "a", "a ", "aa", "e\u{301}", "z", "\u{e9}", "\u{1f600}"]

    /// What is read in lists.
    static let lists: [Case] = [
        Case("C15: a list is in the order of the bytes of its ids, at every page size") { stage in
            let store = stage.store
            for id in caseIDs.reversed() {
                try await store.addUser(LivechatUser(id: LivechatUserID(id)))
                try await store.addRole(LivechatRole(id: LivechatRoleID(id)))
                try await store.addPermission(LivechatPermissionID(id))
                try await store.addDepartment(LivechatDepartmentID(id))
                try await store.addRoom(LivechatRoom(id: LivechatRoomID(id)))
                try await store.addMember(LivechatUserID(id), to: "public")
            }
            try await stage.expectList("users", ["agent", "away", "new", "second", "trainee"], store.users)
            let roles = ["guest", "leader", "livechat-agent", "livechat-manager", "night", "owner", "trainee"]
            try await stage.expectList("roles", roles, store.roles)
            let permissions = [
                "idle-talk", "sing", "view-joined-room", "view-l-room",
                "view-livechat-room-closed-by-another-agent", "view-livechat-room-closed-same-department",
                "view-livechat-rooms",
            ]
            try await stage.expectList("permissions", permissions, store.permissions)
            try await stage.expectList("departments", ["others", "sales", "support"], store.departments)
            try await stage.expectList("rooms", rooms.map(\.string) + ["direct"], store.rooms)
            try await stage.expectList("members", []) { page in try await store.members(of: "public", page) }
            stage.expect("the members of no room", try await store.members(of: "nowhere", .all), [])
        },
        Case("C8: a name finds the users who have exactly it") { stage in
            let store = stage.store
            let names: [LivechatUserID: String] = [
                "agent": "ann", "second": "Ann", "new": "ann", "away": "\u{e9}",
                "trainee": String(repeating: "x", count: 5_000),
            ]
            for (user, name) in names { try await store.setUser(user, username: name) }
            let rows: [(name: String, users: [LivechatUserID])] = [
                ("ann", ["agent", "new"]), ("Ann", ["second"]), ("ANN", []), ("ann ", []), ("", []), ("ann\0", []),
                ("\u{e9}", ["away"]), ("e\u{301}", []), (String(repeating: "x", count: 5_000), ["trainee"]),
                ("agent", []),
            ]
            for row in rows {
                let found = try await store.users(named: row.name)
                stage.expect("who is named \(row.name.prefix(9))", found.map(\.id), row.users)
                stage.expect(
                    "the names",
                    found.map { Array(($0.username ?? "").utf8) },
                    row.users.map { _ in Array(row.name.utf8) }
                )
            }
            let away = try await store.users(named: "\u{e9}").first
            stage.expect("who is not active", away?.isActive, false)
            try await store.setUser("second", username: nil)
            stage.expect("who has no name any more", try await store.users(named: "Ann").map(\.id), [])
        },
        Case("C15: a list says what belongs to its entries") { stage in
            let store = stage.store
            try await store.setUser("agent", username: "ann")
            try await store.setRole("guest", description: "may look")
            try await store.restrict("guest", to: ["sing", "idle-talk"])
            try await store.addMember("agent", to: "direct")
            try await store.assign("leader", to: "agent", in: "direct")
            try await store.assign("leader", to: "agent", in: "joined")

            let user = try await store.users(.only("agent")).first
            stage.expect("the name", user?.user.username, "ann")
            stage.expect("the roles", user?.roles, ["livechat-agent"])
            stage.expect("the room roles", user?.roomRoles, ["direct": ["leader"], "joined": ["leader", "owner"]])
            stage.expect("the departments", user?.departments, ["sales", "support"])
            stage.expect("the tokens", user?.tokensCount, 1)
            let others = try await store.users(.all).filter { $0.id != "agent" }
            stage.expect("who is active", others.map(\.user.isActive), [false, true, true, true])
            stage.expect("the tokens of others", others.map(\.tokensCount), [1, 0, 1, 1])
            stage.expect("the room roles of others", others.map(\.roomRoles), [[:], [:], [:], [:]])

            let guest = try await store.roles(.only("guest")).first
            stage.expect("the restriction", guest?.role.restrictedTo, ["idle-talk", "sing"])
            stage.expect("the description", guest?.role.description, "may look")
            stage.expect("no grants", guest?.permissions, [])
            let manager = try await store.roles(.only("livechat-manager")).first
            stage.expect("the grants", manager?.permissions, ["view-l-room", "view-livechat-rooms"])
            stage.expect("no restriction", manager?.role.restrictedTo, [])
            stage.expect("the scope", manager?.role.scope, .users)

            let permissions = try await store.permissions(.first(4))
            stage.expect(
                "the roles that are granted permissions",
                permissions.map(\.roles),
                [["night"], [], [], ["livechat-agent", "livechat-manager"]]
            )
            stage.expect("the restricted roles", permissions.map(\.restrictedRoles), [["guest"], ["guest"], [], []])

            let departments = try await store.departments(.all)
            stage.expect("who is enabled", departments.map(\.isEnabled), [true, true, false])
            stage.expect("the agents", departments.map(\.agents), [[], ["agent"], ["agent"]])

            let served = try await store.rooms(.only("served")).first
            stage.expect("the agent who serves", served?.room.servedBy, "agent")
            stage.expect("the room's department", served?.room.departmentID, "sales")
            stage.expect("the kind", served?.kind, "l")
            stage.expect("no inquiry", served?.inquiry, nil)
            let mine = try await store.rooms(.only("mine")).first?.inquiry
            stage.expect("the inquiry", mine, .init(departmentID: "others", defaultAgent: "agent"))
            let direct = try await store.rooms(.only("direct")).first
            stage.expect("another kind", direct?.kind, "d")
            stage.expect("the member count", direct?.room.membersCount, 1)
            stage.expect("a closed room", try await store.rooms(.only("closed")).first?.room.isOpen, false)

            let member = try await store.members(of: "joined", .only("agent")).first
            stage.expect("the roles of a member", member?.roles, ["leader", "owner"])
            stage.expect("nobody's membership", try await store.members(of: "joined", .only("second")).count, 0)
            stage.expect("the settings", try await store.settings(), LivechatSettings(previewRoom: true))
            try await store.setPreviewRoom(false)
            try await store.setLoginExpiration(days: 0.5)
            stage.expect("the settings", try await store.settings(), LivechatSettings(loginExpirationDays: 0.5))
        },
    ]
}

extension ContractStage {
    /// Expects a list that has the ids of the case and others, read whole, page by page, and one by one.
    fileprivate func expectList<Element: Identifiable & Sendable, Entity>(
        _ subject: String,
        _ others: [String],
        _ read: @escaping LivechatList<Element>.Reader
    ) async throws where Element.ID == LivechatID<Entity> {
        let ids = try (JoinStoreContract.caseIDs + others).map { try LivechatID<Entity>($0) }.sorted()
        expect("the \(subject)", try await read(.all).map(\.id), ids)
        for size in 1...ids.count + 1 {
            var found: [LivechatID<Entity>] = []
            for try await element in LivechatList(pageSize: size, read) {
                found.append(element.id)
                // A store that goes round in circles is found out, too.
                if found.count > ids.count { break }
            }
            expect("the \(subject) in pages of \(size)", found, ids)
            expect("the first \(size) \(subject)", try await read(.first(size)).map(\.id), Array(ids.prefix(size)))
        }
        for (index, id) in ids.enumerated() {
            let rest = try await read(.after(id)).map(\.id)
            expect("the \(subject) after \(id)", rest, Array(ids[(index + 1)...]))
            expect("\(id) alone", try await read(.only(id)).map(\.id), [id])
        }
        let (none, between): (LivechatID<Entity>, LivechatID<Entity>) = ("nobody", "b")
        expect("no such entry", try await read(.only(none)).map(\.id), [])
        let after = try await read(.after(between, limit: 2)).map(\.id)
        expect("the \(subject) after one that is not there", after, Array(ids.filter { between < $0 }.prefix(2)))
        expect("no \(subject)", try await read(.first(0)).map(\.id), [])
        expect("less than no \(subject)", try await read(.first(-1)).map(\.id), [])
        var tail: [LivechatID<Entity>] = []
        for try await element in LivechatList(after: between, pageSize: 0, read) {
            tail.append(element.id)
            if tail.count > ids.count { break }
        }
        expect("the \(subject) from there", tail, ids.filter { between < $0 })
    }
}
