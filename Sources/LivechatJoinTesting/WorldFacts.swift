internal import LivechatJoin

/// The world as one query may see it: other users, tokens and rooms are unknown, as the seam promises.
struct WorldFacts: LoginTokenLookup, PermissionLookup, RoomLookup {
    let world: World
    let query: JoinQuery

    private func person(_ user: LivechatUserID) -> World.Person? { user == query.userID ? world.users[user] : nil }

    private func place(_ room: LivechatRoomID) -> World.Place? { room == query.roomID ? world.rooms[room] : nil }

    func login(of user: LivechatUserID, with digest: LivechatTokenDigest) -> LoginRecord? {
        guard digest == query.digest, let person = person(user), let token = person.tokens[digest] else { return nil }
        return LoginRecord(
            token: token,
            userIsActive: person.user.isActive,
            loginExpirationDays: world.loginExpirationDays
        )
    }

    func isActive(_ user: LivechatUserID) -> Bool? { person(user)?.user.isActive }

    func permissions(of user: LivechatUserID, in room: LivechatRoomID?) -> EffectivePermissions {
        var roles = person(user)?.roles ?? []
        if let room, user == query.userID { roles.formUnion(place(room)?.members[user]?.roles ?? []) }
        return EffectivePermissions(
            roles: roles,
            grants: GrantTable(roles: world.grants, restrictions: world.roles.mapValues(\.restrictedTo))
        )
    }

    func room(_ room: LivechatRoomID, for user: LivechatUserID) -> RoomFact? {
        place(room).map { place in
            RoomFact(
                kind: place.kind,
                isOpen: place.isOpen,
                isMember: person(user) != nil && place.members[user] != nil,
                isServing: place.servedBy == user,
                previewsQueue: world.previewsQueue
            )
        }
    }

    func departmentOfInquiry(of room: LivechatRoomID) -> LivechatDepartmentID? { place(room)?.inquiry?.department }

    func queue(of room: LivechatRoomID, for user: LivechatUserID) -> QueueFact {
        guard let place = place(room) else { return QueueFact() }
        return QueueFact(
            isDepartmentAgent: place.department.map { isAgent(user, of: $0) } ?? false,
            inquiry: place.inquiry.map { inquiry in
                QueueFact.Inquiry(
                    status: inquiry.status,
                    isForUser: inquiry.defaultAgent == user,
                    department: inquiry.department.map { department in
                        QueueFact.Department(
                            isEnabled: world.departments[department]?.isEnabled == true,
                            hasUser: isAgent(user, of: department)
                        )
                    }
                )
            }
        )
    }

    private func isAgent(_ user: LivechatUserID, of department: LivechatDepartmentID) -> Bool {
        world.departments[department]?.agents.contains(user) == true
    }

    func room(_ room: LivechatRoomID) -> LivechatRoom? { room == query.roomID ? world.room(room) : nil }
}
