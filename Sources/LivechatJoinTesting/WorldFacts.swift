internal import LivechatJoin

/// The world as one query may see it: other users, tokens and rooms are unknown, as the seam promises.
struct WorldFacts: LoginTokenLookup, PermissionLookup, RoomLookup {
    let world: World
    let query: JoinQuery

    private func person(_ user: UserID) -> World.Person? { user == query.userID ? world.users[user] : nil }

    private func place(_ room: RoomID) -> World.Place? { room == query.roomID ? world.rooms[room] : nil }

    func login(of user: UserID, with digest: TokenDigest) -> LoginRecord? {
        guard digest == query.digest, let person = person(user), let token = person.tokens[digest] else { return nil }
        return LoginRecord(
            token: token,
            userIsActive: person.isActive,
            loginExpirationDays: world.loginExpirationDays
        )
    }

    func permissions(of user: UserID, in room: RoomID?) -> EffectivePermissions {
        var roles = person(user)?.roles ?? []
        if let room, user == query.userID { roles.formUnion(place(room)?.members[user] ?? []) }
        return EffectivePermissions(
            roles: roles,
            grants: GrantTable(roles: world.grants, restrictions: world.restrictions)
        )
    }

    func roomState(_ room: RoomID) -> RoomState? {
        place(room).map { RoomState(isLivechat: $0.kind == Room.livechatKind, isOpen: $0.isOpen) }
    }

    func room(_ room: RoomID) -> Room? {
        guard let place = place(room), place.kind == Room.livechatKind else { return nil }
        return Room(
            id: room,
            isOpen: place.isOpen,
            servedBy: place.servedBy,
            departmentID: place.department,
            visitorToken: place.visitorToken,
            membersCount: place.members.count
        )
    }

    func isMember(_ user: UserID, of room: RoomID) -> Bool {
        user == query.userID && place(room)?.members[user] != nil
    }

    func isServing(_ user: UserID, _ room: RoomID) -> Bool { place(room)?.servedBy == user }

    func previewsQueue() -> Bool { world.previewsQueue }

    func queuedInquiry(of room: RoomID, for user: UserID) -> QueuedInquiry? {
        guard let inquiry = place(room)?.inquiry, inquiry.status == "queued" else { return nil }
        let department: QueuedInquiry.Department
        if let id = inquiry.department {
            let group = world.departments[id]
            department = group?.isEnabled == true && group?.agents.contains(user) == true ? .ofUser : .other
        } else {
            department = .none
        }
        return QueuedInquiry(isForUser: inquiry.defaultAgent == user, department: department)
    }

    func isDepartmentAgent(_ user: UserID, of room: RoomID) -> Bool {
        guard let department = place(room)?.department else { return false }
        return world.departments[department]?.agents.contains(user) == true
    }
}
